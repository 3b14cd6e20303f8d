import type { JSX } from 'preact'
import { Icon, type IconName } from './icons'
import type { Shown } from './shown'

const OF_QUALITY: Readonly<Record<string, IconName>> = {
  observed: 'hand',
  pending: 'ring',
  stale: 'clock',
  unknown: 'question',
  suspect: 'warn',
}

/** The sign of a quality; nothing where the device's own icon says all. */
export function Mark({ shown }: { shown: Shown }): JSX.Element | null {
  const name = OF_QUALITY[shown.quality]
  return name ? <Icon name={name} turning={name === 'ring'} /> : null
}
