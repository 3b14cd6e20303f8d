import { isOn, type Shown, stateText, valueText } from '../controls/shown'
import { number, t, word } from '../i18n/t'
import { point } from '../store/points'
import type { DeviceShape } from '../wire/wire.gen'
import { pointWords, shownOf } from './use'

/** A device in one line. */
export interface Summary {
  /** The point that stands for it, as it is drawn now. */
  readonly shown: Shown
  readonly text: string
  readonly on: boolean
  /** A value that the device reports unasked, which is all it does. */
  readonly reads: boolean
}

/** What is said of a device in small: the first of these points that it has. */
const FIRST = ['power', 'position', 'value', 'input', 'mode', 'state'] as const

/** Say the most important thing of a device. */
export function summaryOf(device: DeviceShape): Summary {
  const channels = pointsLike(device, /^ch\.\d+\.state$/)
  if (channels.length > 0) return several(device, channels, countWords)
  const routes = pointsLike(device, /^out\.\d+\.input$/)
  if (routes.length > 0) return several(device, routes, routeWords)
  const name = FIRST.find((first) => first in device.points) ?? firstPoint(device)
  const shown = shownOf(device, name, 'tile')
  const reads = shown.quality === 'observed' && Object.keys(device.commands).length === 0
  const words = pointWords(device, name, name === 'power')
  const on = name === 'power' && isOn(shown.value)
  const whole = (value: Shown['value']) =>
    on ? [words(value), ...details(device)].join(' · ') : words(value)
  return { shown, on, reads, text: reads ? words(shown.value) : lineOf(name, shown, whole) }
}

function lineOf(name: string | null, shown: Shown, words: (value: Shown['value']) => string): string {
  const lost = name === 'position' && shown.value === null && shown.quality === 'unknown'
  return lost ? t('lift.unplaced') : stateText(shown, words, false)
}

function pointsLike(device: DeviceShape, pattern: RegExp): string[] {
  return Object.keys(device.points).filter((name) => pattern.test(name))
}

function several(
  device: DeviceShape,
  names: readonly string[],
  words: (values: readonly Shown['value'][]) => string,
): Summary {
  const values = names.map((name) => point(`${device.id}.${name}`).value?.value ?? null)
  const known = names.find((_, i) => values[i] !== null) ?? names[0] ?? null
  const shown = shownOf(device, known, 'tile')
  const text = stateText(shown, () => words(values), false)
  return { shown, text, on: false, reads: false }
}

function countWords(values: readonly Shown['value'][]): string {
  const on = values.filter((value) => value === true).length
  return on === 0 ? word('value', 'off') : t('tile.on', { n: number(on), of: number(values.length) })
}

/** Which input goes to which output: `3→1`. */
function routeWords(values: readonly Shown['value'][]): string {
  const tied = values.flatMap((value, i) => (value ? [`${value}→${i + 1}`] : []))
  return tied.length > 0 ? tied.join(' · ') : word('value', 'untied')
}

function firstPoint(device: DeviceShape): string | null {
  return Object.keys(device.points).find((name) => name !== 'online' && name !== 'fault') ?? null
}

/** What else is worth saying while it is on. */
function details(device: DeviceShape): string[] {
  const also = ['level', 'target', 'input'].filter((name) => name in device.points)
  return also.flatMap((name) => {
    const value = point(`${device.id}.${name}`).value?.value
    return value === null || value === undefined ? [] : [valueText(value, device.points[name] ?? null, false)]
  })
}
