import type { JSX } from 'preact'
import { Mark } from './mark'
import type { Shown } from './shown'
import './readout.css'

export interface ReadoutProps {
  readonly label: string
  readonly shown: Shown
  readonly value: string
  readonly text: string
}

/** A value that only the device sets. */
export function Readout({ label, shown, value, text }: ReadoutProps): JSX.Element {
  const plain = shown.quality === 'confirmed'
  return (
    <div class="readout look-line" data-quality={shown.quality}>
      <span class="readout-label">{label}</span>
      <span class="readout-value">{shown.quality === 'unknown' ? '—' : value}</span>
      {!plain && (
        <span class="readout-state">
          <Mark shown={shown} /> {text}
        </span>
      )}
    </div>
  )
}
