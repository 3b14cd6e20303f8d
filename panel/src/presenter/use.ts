import type { Control } from '../controls/index'
import { type Ended, type Shown, show, type Value, valueText } from '../controls/shown'
import { word } from '../i18n/t'
import { ask, hold } from '../socket/actions'
import { type Args, type Asked, dismiss, newestOf } from '../store/commands'
import { named } from '../store/names'
import { point } from '../store/points'
import { room } from '../store/room'
import { stale } from '../store/session'
import type { ArgShape, DeviceShape } from '../wire/wire.gen'
import { offerOf } from './offer'

/** A point as it is drawn now, with the wish of this page's own newest command. */
export function shownOf(device: DeviceShape, name: string | null, control: string): Shown {
  const asked = newestOf(device.id, control).value
  const wished = asked && !asked.end ? { value: wishOf(asked, name) } : null
  return show(name === null ? null : point(`${device.id}.${name}`).value, wished, stale.value)
}

function wishOf(asked: Asked, name: string | null): Value {
  const leaf = name?.split('.').at(-1) ?? ''
  const value = asked.args[leaf] ?? asked.args[asked.command] ?? Object.values(asked.args)[0]
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') {
    if (leaf !== 'state') return value
  }
  if (asked.command === 'on' || asked.command === 'power_on') return true
  return asked.command === 'off' || asked.command === 'power_off' ? false : null
}

/** A value of one of the device's points in words. */
export function wordsOf(
  device: DeviceShape,
  name: string | null,
  control: Control,
): (value: Value) => string {
  return pointWords(device, name, control.kind === 'toggle')
}

/** The same without a control; `switched`: true and false are on and off. */
export function pointWords(
  device: DeviceShape,
  name: string | null,
  switched: boolean,
): (value: Value) => string {
  const shape = name === null ? null : (device.points[name] ?? null)
  if (shape?.type === 'bool' && isDoor(device.id)) {
    return (value) => (value === null ? '—' : word('value', value === true ? 'open' : 'closed'))
  }
  return (value) => valueText(value, shape, switched)
}

/** Whether the room's drawing says that a contact is a door's. */
function isDoor(device: string): boolean {
  const doors = (room.value?.plan as { doors?: unknown } | null)?.doors
  return Array.isArray(doors) && doors.some((door: { contact?: unknown } | null) => door?.contact === device)
}

const REFUSED_S = 8
const SHORT_S = 3

/** How a control's newest command ended, while that is to be shown. */
export function endedOf(device: DeviceShape, control: string): { asked: Asked; ended: Ended } | null {
  const asked = newestOf(device.id, control).value
  if (!asked?.end) return null
  const { outcome, code, params } = asked.end
  const offered = outcome === 'refused' && offerOf(code, params) !== null
  if ((outcome === 'refused' && !offered) || outcome === 'notsent') fade(asked, REFUSED_S)
  if (outcome === 'cancelled') fade(asked, SHORT_S)
  return { asked, ended: { outcome, code, params: named({ device: device.id, ...params }) } }
}

const fading = new Set<string>()

function fade(asked: Asked, seconds: number): void {
  if (fading.has(asked.id)) return
  fading.add(asked.id)
  setTimeout(() => {
    fading.delete(asked.id)
    dismiss(asked)
  }, seconds * 1000)
}

/** Ask the same again. */
export function again(asked: Asked): void {
  ask(asked.device, asked.control, asked.command, asked.args)
}

/** Begin to hold a command of a device. */
export function beginHold(device: DeviceShape, control: string, command: string, args: Args) {
  return (ended: () => void) => hold(device.id, control, command, args, ended)
}

/**
 * Add what an air conditioner needs to be told at once while nothing is known of it: it takes its
 * whole state or none. What is known already the daemon adds by itself.
 */
export function whole(device: DeviceShape, command: string, args: Args): Args {
  if (!device.capabilities.includes('Climate')) return args
  const shapes = Object.entries(device.commands[command]?.args ?? {})
  const missing = shapes.filter(
    ([arg]) => arg in device.points && !(arg in args) && point(`${device.id}.${arg}`).peek()?.value == null,
  )
  return { ...Object.fromEntries(missing.map(([arg, shape]) => [arg, usual(shape)])), ...args }
}

/** What most people would choose: on, the first choice (automatic), the middle of a range. */
function usual(shape: ArgShape): unknown {
  if (shape.type === 'bool') return true
  if (shape.values?.length) return shape.values[0]
  return Math.round(((shape.min ?? 0) + (shape.max ?? 0)) / 2)
}
