import type { JSX } from 'preact'
import { Icon, type IconName } from '../controls/icons'
import './rail.css'

export interface RailEntry {
  readonly id: string
  readonly label: string
  readonly icon: IconName
}

/** The way between screens: beside the page on tablets, below it on phones. */
export function Rail({
  label,
  entries,
  current,
}: {
  label: string
  entries: readonly RailEntry[]
  current: string
}): JSX.Element {
  return (
    <nav class="rail" aria-label={label}>
      {entries.map(({ id, label: words, icon }) => (
        <a key={id} class="rail-entry" href={`#${id}`} aria-current={id === current ? 'page' : undefined}>
          <Icon name={icon} /> <span>{words}</span>
        </a>
      ))}
    </nav>
  )
}
