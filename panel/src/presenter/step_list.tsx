import type { JSX } from 'preact'
import { Icon } from '../controls/icons'
import type { Line } from './steps'

/** Steps with a sign, what they do, and what became of them or would. */
export function StepList({ lines }: { lines: readonly Line[] }): JSX.Element | null {
  if (lines.length === 0) return null
  return (
    <ol class="scene-steps">
      {lines.map((line) => (
        <li key={line.key} class="scene-step" data-tone={line.tone}>
          <Icon name={line.icon} /> <span>{line.what}</span> <span class="scene-step-how">{line.how}</span>
        </li>
      ))}
    </ol>
  )
}
