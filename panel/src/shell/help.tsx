import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { say, t, word } from '../i18n/t'
import { logOut } from '../socket/actions'
import { room } from '../store/room'
import { who } from '../store/session'
import { FaultList } from './faults'
import { openSheet } from './sheet'
import { SIZES, size, THEMES, theme } from './theme'
import './help.css'

/** Whom to call, what is wrong, how this page looks. Sends nothing anywhere. */
export function openHelp(): void {
  openSheet(
    () => t('help.label'),
    () => <Help />,
  )
}

function Help(): JSX.Element {
  const contact = say(room.value?.contact)
  const session = who.value
  return (
    <div class="help">
      <p class="help-contact">{contact ? `${t('help.contact')} ${contact}` : t('help.none')}</p>
      <h3>{t('help.faults')}</h3>
      <FaultList />
      <p class="help-safety">{t('help.safety')}</p>
      <div class="help-choices">
        <Choice label={t('theme.label')} values={THEMES} chosen={theme} word={(v) => t(`theme.${v}`)} />
        <Choice label={t('size.label')} values={SIZES} chosen={size} word={(v) => t(`size.${v}`)} />
      </div>
      <div class="help-row">
        <button type="button" class="plain" onClick={() => location.reload()}>
          {t('help.reload')}
        </button>
        {typeof session === 'object' && (
          <>
            <button type="button" class="plain" onClick={() => void logOut()}>
              {t('auth.leave')}
            </button>
            <span>{t('auth.role', { role: word('role', session.role) })}</span>
          </>
        )}
      </div>
    </div>
  )
}

interface ChoiceProps<T extends string> {
  readonly label: string
  readonly values: readonly T[]
  readonly chosen: Signal<T>
  readonly word: (value: T) => string
}

function Choice<T extends string>({ label, values, chosen, word }: ChoiceProps<T>): JSX.Element {
  return (
    <div class="help-row" role="group" aria-label={label}>
      <span>{label}</span>
      {values.map((value) => (
        <button
          key={value}
          type="button"
          class="plain"
          aria-pressed={chosen.value === value}
          data-active={chosen.value === value}
          onClick={() => (chosen.value = value)}
        >
          {word(value)}
        </button>
      ))}
    </div>
  )
}
