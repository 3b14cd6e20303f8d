import type { JSX } from 'preact'
import { t } from '../i18n/t'
import { Icon, type IconName } from './icons'
import { Mark } from './mark'
import { acts, isDead, isOn, isSplit, type Shown } from './shown'
import './toggle.css'

export interface ToggleProps {
  readonly label: string
  readonly icon: IconName | null
  readonly shown: Shown
  readonly text: string
  readonly onAsk: (on: boolean) => void
  /** What a tap does while it cannot act: tell why. */
  readonly onWhy: () => void
}

/** A two-state tile. Draws what the device reports; a tap only asks. */
export function Toggle(props: ToggleProps): JSX.Element {
  const { label, icon, shown, text, onAsk, onWhy } = props
  if (isSplit(shown)) return <Split {...props} />
  const tap = () => {
    if (isDead(shown)) onWhy()
    else if (acts(shown)) onAsk(!isOn(shown.value))
  }
  return (
    <button
      type="button"
      class="toggle look"
      data-quality={shown.quality}
      data-on={isOn(shown.value)}
      aria-pressed={isOn(shown.value)}
      aria-busy={shown.quality === 'pending'}
      aria-disabled={!acts(shown)}
      onClick={tap}
    >
      {icon && <Icon name={icon} />}
      <span class="toggle-words">
        <span class="toggle-label">{label}</span>
        <span class="toggle-state">
          <Mark shown={shown} /> {text}
        </span>
      </span>
    </button>
  )
}

/** Without a truth to invert there are two buttons. */
function Split({ label, icon, shown, text, onAsk, onWhy }: ToggleProps): JSX.Element {
  const dead = isDead(shown)
  const choices = [
    [t('power.on'), true],
    [t('power.off'), false],
  ] as const
  return (
    <div class="toggle look" role="group" aria-label={label} data-quality={shown.quality}>
      {icon && <Icon name={icon} />}
      <span class="toggle-words">
        <span class="toggle-label">{label}</span>
        <span class="toggle-state">
          <Mark shown={shown} /> {text}
        </span>
      </span>
      <span class="toggle-both">
        {choices.map(([words, on]) => (
          <button
            key={words}
            type="button"
            class="plain"
            aria-label={`${label} ${words}`}
            aria-disabled={dead}
            onClick={() => (dead ? onWhy() : onAsk(on))}
          >
            {words}
          </button>
        ))}
      </span>
    </div>
  )
}
