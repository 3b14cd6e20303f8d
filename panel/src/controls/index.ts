import type { ArgShape, CommandShape, DeviceShape, PointShape } from '../wire/wire.gen'

/** What a tap asks for. */
export interface Wish {
  readonly command: string
  readonly args: Readonly<Record<string, unknown>>
}

interface Named {
  /** Unique within the device; also the name under which its last command is remembered. */
  readonly id: string
  /** Word of the field (`power`), or `channel 3`. */
  readonly name: string
  readonly channel?: string
}
interface Range {
  readonly min: number
  readonly max: number
  readonly step: number
  readonly unit: string | null
}
interface Setting extends Named {
  readonly point: string | null
  readonly command: string
  readonly arg: string
  /** Further arguments that say which channel. */
  readonly fixed: Readonly<Record<string, unknown>>
}
interface Way {
  readonly command: string
  readonly run: 'hold' | 'tap'
}

/** One control of the closed list, as a device's description asks for it. */
export type Control =
  | (Named & {
      readonly kind: 'toggle'
      readonly point: string | null
      readonly on: Wish
      readonly off: Wish
    })
  | (Setting & Range & { readonly kind: 'fader' | 'stepper' })
  | (Setting & { readonly kind: 'segment'; readonly values: readonly (string | number)[] })
  | (Named & {
      readonly kind: 'updown'
      readonly up: Way
      readonly down: Way
      readonly position: string | null
    })
  | (Named & {
      readonly kind: 'pad'
      readonly command: string
      readonly zoom: boolean
      readonly tilt: boolean
    })
  | (Named & {
      readonly kind: 'presets'
      readonly recall: string
      readonly save: string | null
      readonly arg: string
      readonly numbers: readonly number[]
    })
  | (Named & Wish & { readonly kind: 'button'; readonly run: 'hold' | 'tap'; readonly choice?: string })
  | (Named & { readonly kind: 'readout'; readonly point: string })

const PRESETS_SHOWN = 6
const STEPPER_STEPS = 24
/** Points that other parts of the page draw. */
const ELSEWHERE = new Set(['online', 'fault', 'moving', 'homed'])

/** Turn a device's description into controls. A new driver needs nothing but this. */
export function controlsOf(device: DeviceShape): readonly Control[] {
  const found: Control[] = []
  const commands = new Map(Object.entries(device.commands))
  for (const derive of [power, motion, drive, presets]) derive(device, commands, found)
  for (const [name, command] of commands) found.push(...plain(device, name, command))
  found.sort((a, b) => rank(a) - rank(b))
  return [...found, ...readouts(device, found)]
}

const ORDER = ['updown', 'pad', 'presets', 'stepper', 'segment', 'fader', 'toggle', 'button', 'readout']

/** People's order: power first, then what a device is there for, then what is rarely wanted. */
function rank(control: Control): number {
  if (isPower(control)) return -1
  return ORDER.indexOf(control.kind) + (control.name === 'all_off' ? 0.5 : 0)
}

/** Whether a control switches the whole device. */
export function isPower(control: Control): control is Extract<Control, { kind: 'toggle' }> {
  return control.kind === 'toggle' && control.name === 'power' && control.channel === undefined
}

type Commands = Map<string, CommandShape>

function power(device: DeviceShape, commands: Commands, found: Control[]): void {
  for (const [on, off] of [
    ['power_on', 'power_off'],
    ['on', 'off'],
  ] as const) {
    const both = commands.get(on) && commands.get(off)
    if (!both || required(commands.get(on)).length > 0) continue
    const point = 'power' in device.points ? 'power' : null
    commands.delete(on)
    commands.delete(off)
    found.push({
      kind: 'toggle',
      id: 'power',
      name: 'power',
      point,
      on: { command: on, args: {} },
      off: { command: off, args: {} },
    })
    return
  }
}

function motion(device: DeviceShape, commands: Commands, found: Control[]): void {
  for (const [up, down] of [
    ['up', 'down'],
    ['open', 'close'],
  ] as const) {
    const first = commands.get(up)
    const second = commands.get(down)
    if (!first || !second || !commands.has('stop')) continue
    for (const name of [up, down, 'stop', 'goto']) commands.delete(name)
    found.push({
      kind: 'updown',
      id: 'motion',
      name: 'moving',
      up: { command: up, run: first.run ?? 'tap' },
      down: { command: down, run: second.run ?? 'tap' },
      position: 'position' in device.points ? 'position' : null,
    })
    return
  }
}

function drive(_device: DeviceShape, commands: Commands, found: Control[]): void {
  const args = commands.get('drive')?.args
  if (!args || !('pan' in args || 'tilt' in args || 'zoom' in args)) return
  commands.delete('drive')
  commands.delete('stop')
  found.push({
    kind: 'pad',
    id: 'drive',
    name: 'pan',
    command: 'drive',
    tilt: 'tilt' in args,
    zoom: 'zoom' in args,
  })
}

function presets(_device: DeviceShape, commands: Commands, found: Control[]): void {
  const recall = commands.get('preset_recall')
  const [arg, shape] = Object.entries(recall?.args ?? {})[0] ?? []
  if (!arg || !shape) return
  const save = commands.has('preset_save') ? 'preset_save' : null
  for (const name of ['preset_recall', 'preset_save', 'preset_clear', 'preset_reset']) commands.delete(name)
  // Preset 0 is most cameras' home position; people count from 1.
  const first = Math.max(shape.min ?? 1, 1)
  const last = Math.min(shape.max ?? PRESETS_SHOWN, first + PRESETS_SHOWN - 1)
  const numbers = Array.from({ length: last - first + 1 }, (_, i) => first + i)
  found.push({ kind: 'presets', id: 'presets', name: 'preset', recall: 'preset_recall', save, arg, numbers })
}

/** The controls of a command that no rule above has taken. */
function plain(device: DeviceShape, name: string, command: CommandShape): Control[] {
  const args = Object.entries(command.args ?? {})
  const run = command.run ?? 'tap'
  if (args.length === 0) return [{ kind: 'button', id: name, name, command: name, args: {}, run }]
  const needed = required(command)
  const index = needed.find(([arg]) => channels(device, arg).length > 0)
  if (index) return perChannel(device, name, command, index[0])
  const only = args.length === 1
  return args.flatMap(([arg, shape]) => {
    const point = pointOf(device, name, arg, only)
    const alone = needed.every(([other]) => other === arg)
    if (!alone || (point === null && !only)) return []
    // What no point reports is not a state but something done: a button for each way.
    if (point === null && shape.values) {
      return shape.values.map((choice): Control => {
        const wish = { command: name, args: { [arg]: choice } }
        return { kind: 'button', id: `${name}.${choice}`, name, ...wish, run, choice }
      })
    }
    const title = point ?? (only ? name : arg)
    return setting(
      { id: only ? name : `${name}.${arg}`, name: title, point, command: name, arg, fixed: {} },
      shape,
      device,
    )
  })
}

/** The point that an argument sets: of its own name, the command's, or both (`focus(auto)`: `autofocus`). */
function pointOf(device: DeviceShape, command: string, arg: string, only: boolean): string | null {
  const names = only ? [arg, command, `${arg}${command}`] : [arg]
  return names.find((name) => name in device.points) ?? null
}

function required(command: CommandShape | undefined): [string, ArgShape][] {
  return Object.entries(command?.args ?? {}).filter(([, shape]) => !shape.optional)
}

const PREFIXES: Readonly<Record<string, string>> = { channel: 'ch', output: 'out', outlet: 'ch' }

/** The numbers of the points `<arg>.<n>.…` of a device, in order. */
function channels(device: DeviceShape, arg: string): readonly string[] {
  const prefix = `${PREFIXES[arg] ?? arg}.`
  const numbers = Object.keys(device.points).filter((p) => p.startsWith(prefix) && p.split('.').length === 3)
  return [...new Set(numbers.map((p) => p.split('.')[1] ?? ''))]
}

function perChannel(device: DeviceShape, name: string, command: CommandShape, index: string): Control[] {
  const prefix = PREFIXES[index] ?? index
  const others = required(command).filter(([arg]) => arg !== index)
  return channels(device, index).flatMap((n): Control[] => {
    const fixed = { [index]: Number(n) }
    const title = { name: prefix === 'out' ? 'output' : 'channel', channel: n }
    if (others.length === 0) return switched(device, name, `${prefix}.${n}`, fixed, title)
    const [arg, shape] = others[0] ?? []
    const leaf = [arg, name, 'input'].find((l) => `${prefix}.${n}.${l}` in device.points)
    if (others.length > 1 || !arg || !shape || !leaf) return []
    const base = { id: `${name}.${n}`, ...title, point: `${prefix}.${n}.${leaf}`, command: name, arg, fixed }
    return setting(base, shape, device)
  })
}

/** `on` and `off` with a channel become one toggle, drawn where `on` stands. */
function switched(
  device: DeviceShape,
  name: string,
  point: string,
  args: Readonly<Record<string, unknown>>,
  title: { name: string; channel: string },
): Control[] {
  const state = `${point}.state`
  if (name !== 'on' || !('off' in device.commands) || !(state in device.points)) return []
  const on = { command: 'on', args }
  return [
    { kind: 'toggle', id: `on.${title.channel}`, ...title, point: state, on, off: { command: 'off', args } },
  ]
}

function setting(base: Setting, shape: ArgShape, device: DeviceShape): Control[] {
  const told: PointShape | undefined = base.point === null ? undefined : device.points[base.point]
  const wish = (value: unknown): Wish => ({
    command: base.command,
    args: { ...base.fixed, [base.arg]: value },
  })
  if (shape.type === 'bool') return [{ ...base, kind: 'toggle', on: wish(true), off: wish(false) }]
  const values = shape.values ?? told?.values
  if (values?.length) return [{ ...base, kind: 'segment', values }]
  if (shape.type !== 'int' && shape.type !== 'number') return []
  const min = shape.min ?? told?.min
  const max = shape.max ?? told?.max
  if (base.point === null || typeof min !== 'number' || typeof max !== 'number') return []
  const unit = shape.unit ?? told?.unit ?? null
  const usual = shape.type === 'int' || unit === '°C' ? 1 : (max - min) / 100
  const step = shape.step ?? told?.step ?? usual
  if (base.name === 'output') return [{ ...base, kind: 'segment', values: whole(min, max) }]
  const few = unit === '°C' || (unit === null && (max - min) / step <= STEPPER_STEPS)
  return [{ ...base, kind: few ? 'stepper' : 'fader', min, max, step, unit }]
}

function whole(min: number, max: number): readonly number[] {
  return Array.from({ length: max - min + 1 }, (_, i) => min + i)
}

function readouts(device: DeviceShape, found: readonly Control[]): Control[] {
  const drawn = new Set<string>(ELSEWHERE)
  for (const control of found) {
    if ('point' in control && control.point) drawn.add(control.point)
    if (control.kind === 'updown') for (const name of ['position', 'end']) drawn.add(name)
    if (control.kind === 'presets') drawn.add('preset')
    if (control.kind === 'pad') for (const name of ['pan', 'tilt']) drawn.add(name)
  }
  const rest = Object.keys(device.points).filter((name) => !drawn.has(name))
  return rest.map((name): Control => {
    const [prefix, channel] = name.split('.')
    const title = channel ? { name: prefix === 'out' ? 'output' : 'channel', channel } : { name }
    return { kind: 'readout', id: `read.${name}`, ...title, point: name }
  })
}
