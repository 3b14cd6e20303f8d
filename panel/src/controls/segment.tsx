import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import { Icon } from './icons'
import { Mark } from './mark'
import { acts, isDead, type Shown, type Value } from './shown'
import './segment.css'

export interface SegmentProps {
  readonly label: string
  readonly shown: Shown
  readonly text: string
  readonly values: readonly (string | number)[]
  readonly say: (value: Value) => string
  readonly onAsk: (value: string | number) => void
  readonly onWhy: () => void
}

const AT_MOST = 6

/** One of several choices: buttons side by side, or a list where there are many. */
export function Segment(props: SegmentProps): JSX.Element {
  const { label, shown, text, values } = props
  const id = useId()
  return (
    <div class="segment" role="group" aria-labelledby={id} data-quality={shown.quality}>
      <span class="segment-head">
        <span id={id}>{label}</span>
        <span class="segment-state">
          <Mark shown={shown} /> {text}
        </span>
      </span>
      {values.length > AT_MOST ? <Picker {...props} /> : <Choices {...props} />}
    </div>
  )
}

function Choices({ shown, values, say, onAsk, onWhy }: SegmentProps): JSX.Element {
  const tap = (value: string | number) => {
    if (isDead(shown)) onWhy()
    else if (shown.quality !== 'pending' || value !== shown.desired) onAsk(value)
  }
  return (
    <span class="segment-row">
      {values.map((value) => (
        <button
          key={value}
          type="button"
          class="segment-choice look"
          data-quality={
            shown.quality === 'pending' && value === shown.desired ? 'pending' : chosen(shown, value)
          }
          data-on={shown.value === value}
          aria-pressed={shown.value === value}
          aria-disabled={isDead(shown)}
          onClick={() => tap(value)}
        >
          <span>{say(value)}</span>
        </button>
      ))}
    </span>
  )
}

/** The quality is that of the reported choice; the others are plain. */
function chosen(shown: Shown, value: string | number): string {
  return shown.value === value ? (shown.quality === 'pending' ? 'confirmed' : shown.quality) : 'confirmed'
}

function Picker({ label, shown, values, say, onAsk }: SegmentProps): JSX.Element {
  const known = values.some((value) => value === shown.value)
  return (
    <span class="picker-place">
      <select
        class="picker look"
        aria-label={label}
        data-quality={shown.quality}
        disabled={!acts(shown)}
        value={known ? String(shown.value) : ''}
        onChange={(event) => {
          const value = values[event.currentTarget.selectedIndex - (known ? 0 : 1)]
          if (value !== undefined) onAsk(value)
        }}
      >
        {!known && <option value="">{say(shown.value)}</option>}
        {values.map((value) => (
          <option key={value} value={String(value)}>
            {say(value)}
          </option>
        ))}
      </select>
      <Icon name="down" />
    </span>
  )
}
