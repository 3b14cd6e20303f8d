import type { JSX } from 'preact'
import { t } from '../i18n/t'
import { Icon } from './icons'
import { type Ended, endText } from './shown'
import './ending.css'

export interface EndingProps {
  readonly ended: Ended | null
  readonly onRetry: () => void
  /** Tell what can be done about a refusal; null where nothing can. */
  readonly onWhat?: (() => void) | null
}

/** How the last command ended, where that must be said; a missing answer is a button that asks again. */
export function Ending({ ended, onRetry, onWhat }: EndingProps): JSX.Element | null {
  const text = ended && endText(ended)
  if (!ended || text === null) return null
  if (ended.outcome === 'timeout') {
    return (
      <button type="button" class="ending" data-end="timeout" onClick={onRetry}>
        <Icon name="warn" /> <span>{text}</span>
      </button>
    )
  }
  if (onWhat) {
    return (
      <div class="ending" data-end={ended.outcome}>
        <Icon name="lock" /> <span>{text}</span>
        <button type="button" class="plain ending-what" onClick={onWhat}>
          {t('offer.what')}
        </button>
      </div>
    )
  }
  const icon = ended.outcome === 'refused' ? 'lock' : ended.outcome === 'cancelled' ? 'close' : 'warn'
  return (
    <p class="ending" data-end={ended.outcome}>
      <Icon name={icon} /> <span>{text}</span>
    </p>
  )
}
