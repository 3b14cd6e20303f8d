import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { clockTime, language, longDate, say, t } from '../i18n/t'
import { Drawing } from '../shell/drawing'
import { Gate } from '../shell/gate'
import { followJoinCode, inThrees, joinCode } from '../shell/join_code'
import { minute } from '../shell/time'
import { room } from '../store/room'
import { connection, stale } from '../store/session'
import './idle.css'

/** The wall while nothing is shown on it: which room, what time, whether the controller is there. */
export function Idle(): JSX.Element {
  const up = connection.value === 'up' && !stale.value
  return (
    <Gate>
      <main class="idle" data-language={language.value}>
        <h1>{say(room.value?.name) || 'roomd'}</h1>
        <time class="idle-clock">{clockTime(minute.value)}</time>
        <p>{longDate(minute.value)}</p>
        <Joining />
        <p class="idle-state" role="status">
          {up ? '' : t('idle.waiting')}
        </p>
      </main>
    </Gate>
  )
}

/** How guests come in: address, digits, QR. */
function Joining(): JSX.Element | null {
  useEffect(followJoinCode, [])
  const shown = joinCode.value
  if (!shown) return null
  return (
    <section class="idle-join" aria-label={t('join.title')}>
      <div>
        <p>
          {t('join.open')} <strong>{shown.url.replace(/^https?:\/\//, '')}</strong>
        </p>
        {shown.digits_off ? (
          <p>{t('join.qrOnly')}</p>
        ) : (
          <p>
            {t('join.type')} <strong class="idle-code">{inThrees(shown.code)}</strong>
          </p>
        )}
      </div>
      <Drawing svg={shown.qr} label={t('join.qr')} />
    </section>
  )
}
