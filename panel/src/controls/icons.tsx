import type { JSX } from 'preact'

/** Paths of the project's own icons: 24 grid, 2 px stroke, the colour of the text around. */
const PATHS = {
  lamp: 'M9 18h6M10 21h4M8.5 14.5A6 6 0 1 1 15.5 14.5L15 16H9z',
  ring: 'M12 3a9 9 0 1 1-9 9',
  warn: 'M12 4 2.5 20h19zM12 10v4M12 17v.5',
  offline: 'M2 9a15 15 0 0 1 20 0M5.5 13a10 10 0 0 1 13 0M9 16.5a5 5 0 0 1 6 0M4 4l16 16',
  hand: 'M8 13V6a1.5 1.5 0 0 1 3 0v5m0-6.500a1.5 1.500 0 0 1 3 0V11m0-5a1.500 1.500 0 0 1 3 0v6m0-3a1.500 1.500 0 0 1 3 0v5a7 7 0 0 1-7 7h-1a7 7 0 0 1-6-3.500L4 14.500a1.500 1.500 0 0 1 2.500-1.500L8 15',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3.500 2',
  question:
    'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M9.500 9.500a2.500 2.500 0 1 1 3.500 2.500c-.7.3-1 .8-1 1.500M12 16.500v.5',
  lock: 'M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3',
  up: 'M5 15l7-7 7 7',
  down: 'M5 9l7 7 7-7',
  left: 'M15 5l-7 7 7 7',
  right: 'M9 5l7 7-7 7',
  open: 'M9 7l-5 5 5 5M15 7l5 5-5 5',
  shut: 'M4 7l5 5-5 5M20 7l-5 5 5 5',
  stop: 'M6 6h12v12H6z',
  camera: 'M3 7h12v10H3zM15 11l6-3v8l-6-3',
  screen: 'M3 4h18M5 4v11h14V4M12 15v5M9 20h6',
  display: 'M3 5h18v12H3zM9 21h6M12 17v4',
  lift: 'M4 20h16M7 20V9h10v11M9.500 6 12 3.500 14.500 6M12 4v5',
  speaker: 'M4 9v6h4l5 4V5L8 9zM16.500 8.500a5 5 0 0 1 0 7M19 6a8.500 8.500 0 0 1 0 12',
  home: 'M4 11l8-7 8 7M6 10v10h12V10',
  snow: 'M12 3v18M4 7.500l16 9M20 7.500l-16 9',
  sensor: 'M12 14V4M12 14a3.500 3.500 0 1 0 .1 0M9 14V5.500a3 3 0 0 1 6 0V14',
  contact: 'M2 16h5l10-8M17 16h5M7 14.5a1.5 1.5 0 1 0 .1 0M17 14.5a1.5 1.5 0 1 0 .1 0',
  power: 'M12 3v8M6.500 6.500a8 8 0 1 0 11 0',
  route: 'M4 6h5l6 12h5M4 18h5l1.500-3M13.500 9 15 6h5',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  retry: 'M4 5v5h5M20 12a8 8 0 1 1-2.500-5.800L4.500 10',
  close: 'M6 6l12 12M18 6 6 18',
  check: 'M4 12.500l5 5L20 7',
  more: 'M4 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M11 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M18 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0',
  grip: 'M9 7v10M15 7v10',
} as const

export type IconName = keyof typeof PATHS

/** One icon, silent for screen readers: the words beside it say the same. */
export function Icon({ name, turning }: { name: IconName; turning?: boolean }): JSX.Element {
  return (
    <svg
      class={turning ? 'icon icon-turning' : 'icon'}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}

const OF_KIND: Readonly<Record<string, IconName>> = {
  light: 'lamp',
  light_group: 'lamp',
  lift: 'lift',
  screen: 'screen',
  curtain: 'open',
  display: 'display',
  projector: 'display',
  matrix: 'route',
  climate: 'snow',
  camera: 'camera',
  mixer: 'speaker',
  relay: 'power',
  sequencer: 'power',
  sensor: 'sensor',
  contact: 'contact',
}

/** The icon of a kind of device; a dot for kinds that have none. */
export function kindIcon(kind: string): IconName {
  return OF_KIND[kind] ?? 'more'
}
