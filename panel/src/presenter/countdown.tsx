import type { JSX } from 'preact'
import { say, t } from '../i18n/t'
import { keepRoom } from '../socket/keep'
import { countdown } from '../store/countdown'
import { scene } from '../store/runs'
import { stale } from '../store/session'
import './countdown.css'

/** The bar of a room that has been left, with the button that keeps it as it is. */
export function Countdown(): JSX.Element | null {
  const left = countdown.value
  if (left === null || stale.value) return null
  const name = say(scene(left.scene)?.name) || left.scene
  return (
    <section class="countdown" aria-label={t('countdown.label')}>
      <span role="timer">{t('countdown.left', { name, s: left.seconds })}</span>
      <button type="button" class="countdown-keep" onClick={() => void keepRoom()}>
        {t('countdown.keep')}
      </button>
    </section>
  )
}
