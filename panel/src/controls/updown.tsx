import type { JSX } from 'preact'
import { Button, HoldButton } from './button'
import type { Begin } from './hold'
import { Icon, type IconName } from './icons'
import './updown.css'

export interface WayProps {
  readonly label: string
  readonly icon: IconName
  readonly run: 'hold' | 'tap'
  readonly begin: Begin
  readonly onTap: () => void
}

export interface UpDownProps {
  readonly up: WayProps
  readonly down: WayProps
  readonly stopLabel: string
  readonly disabled: boolean
  readonly onStop: () => void
  readonly onInterrupted: () => void
}

/** Two ways and STOP between them; STOP is never disabled. */
export function UpDown({ up, down, stopLabel, disabled, onStop, onInterrupted }: UpDownProps): JSX.Element {
  return (
    <div class="updown">
      <Way {...up} disabled={disabled} onInterrupted={onInterrupted} />
      <button type="button" class="stop updown-stop" onClick={onStop}>
        <Icon name="stop" /> <span>{stopLabel}</span>
      </button>
      <Way {...down} disabled={disabled} onInterrupted={onInterrupted} />
    </div>
  )
}

function Way(props: WayProps & { disabled: boolean; onInterrupted: () => void }): JSX.Element {
  const { label, icon, run, begin, onTap, disabled, onInterrupted } = props
  if (run === 'tap') {
    return (
      <Button label={label} busy={false} disabled={disabled} onAsk={onTap}>
        <Icon name={icon} />
      </Button>
    )
  }
  return (
    <HoldButton label={label} kind="motion" disabled={disabled} begin={begin} onInterrupted={onInterrupted}>
      <Icon name={icon} />
    </HoldButton>
  )
}
