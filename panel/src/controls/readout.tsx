import type { JSX } from 'preact'
import { Mark } from './mark'
import type { Shown } from './shown'
import './readout.css'

export interface ReadoutProps {
  /** Null where it goes without saying. */
  readonly label: string | null
  readonly shown: Shown
  readonly value: string
  readonly text: string
}

/** A value that only the device sets: being reported unasked is its ordinary state. */
export function Readout({ label, shown, value, text }: ReadoutProps): JSX.Element {
  const { quality } = shown
  return (
    <div class="readout look-line" data-quality={quality} data-alone={label === null}>
      {label !== null && <span class="readout-label">{label}</span>}
      <span class="readout-value">{quality === 'unknown' ? '—' : value}</span>
      {quality !== 'confirmed' && (
        <span class="readout-state">
          {quality !== 'observed' && <Mark shown={shown} />} {text}
        </span>
      )}
    </div>
  )
}
