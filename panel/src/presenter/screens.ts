import type { IconName } from '../controls/icons'
import type { DeviceShape } from '../wire/wire.gen'

export const SCREENS = ['home', 'lights', 'display', 'climate', 'lift', 'cameras', 'sound', 'more'] as const
export type Screen = (typeof SCREENS)[number]

export const ICONS: Readonly<Record<Screen, IconName>> = {
  home: 'home',
  lights: 'lamp',
  display: 'display',
  climate: 'snow',
  lift: 'lift',
  cameras: 'camera',
  sound: 'speaker',
  more: 'more',
}

const OF_KIND: Readonly<Record<string, Screen>> = {
  light: 'lights',
  light_group: 'lights',
  display: 'display',
  projector: 'display',
  matrix: 'display',
  climate: 'climate',
  sensor: 'climate',
  contact: 'climate',
  lift: 'lift',
  screen: 'lift',
  curtain: 'lift',
  camera: 'cameras',
  mixer: 'sound',
  audio_source: 'sound',
}

/** The screen on which a device has its card; a kind that has none stands under more. */
export function screenOf(device: DeviceShape): Screen {
  return OF_KIND[device.kind] ?? 'more'
}

/** The screens of a room: home, and those that have devices. */
export function screensOf(devices: readonly DeviceShape[]): readonly Screen[] {
  const used = new Set<Screen>(['home', ...devices.map(screenOf)])
  return SCREENS.filter((screen) => used.has(screen))
}

/** The screen that the address names (`#lights`), or home. */
export function screenIn(hash: string): Screen {
  const name = hash.slice(1)
  return SCREENS.find((screen) => screen === name) ?? 'home'
}
