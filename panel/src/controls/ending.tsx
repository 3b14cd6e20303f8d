import type { JSX } from 'preact'
import { Icon } from './icons'
import { type Ended, endText } from './shown'
import './ending.css'

export interface EndingProps {
  readonly ended: Ended | null
  readonly onRetry: () => void
}

/** How the last command ended, where that must be said; a missing answer is a button that asks again. */
export function Ending({ ended, onRetry }: EndingProps): JSX.Element | null {
  const text = ended && endText(ended)
  if (!ended || text === null) return null
  if (ended.outcome === 'timeout') {
    return (
      <button type="button" class="ending" data-end="timeout" onClick={onRetry}>
        <Icon name="warn" /> <span>{text}</span>
      </button>
    )
  }
  const icon = ended.outcome === 'refused' ? 'lock' : ended.outcome === 'cancelled' ? 'close' : 'warn'
  return (
    <p class="ending" data-end={ended.outcome}>
      <Icon name={icon} /> <span>{text}</span>
    </p>
  )
}
