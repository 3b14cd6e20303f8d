import { type Signal, signal } from '@preact/signals'

export type Args = Readonly<Record<string, unknown>>

/** How a command ended. `lost`: the connection broke before anybody said; `notsent`: there was none. */
export interface End {
  readonly outcome: string
  readonly code: string | null
  readonly params: Readonly<Record<string, unknown>>
}

/** One command that this page asked for. */
export interface Asked {
  readonly id: string
  readonly device: string
  /** Which control asked; its newest command is the one it shows. */
  readonly control: string
  readonly command: string
  readonly args: Args
  /** Seconds since 1970 on this device's own clock. */
  readonly at: number
  readonly end: End | null
}

/** Ends after which something is wrong until the device succeeds. */
const FAILURES = new Set(['timeout', 'failed', 'expired', 'offline', 'lost'])
const SUCCESSES = new Set(['confirmed', 'sent'])
/** Ends with which nothing is wrong; what is in none of these sets is drawn as a failure. */
const HARMLESS = new Set(['refused', 'superseded', 'cancelled', 'notsent'])

const newest = new Map<string, Signal<Asked | null>>()
const open = new Map<string, Asked>()
let count = 0

/** Device id -> the failure it has not made good yet. */
export const failures = signal<ReadonlyMap<string, Asked>>(new Map())
/** The last end of any command, for the live region. */
export const lastEnd = signal<Asked | null>(null)

/** Say whether an end is a failure; an unknown one is, never a success. */
export function isFailure(end: End): boolean {
  return FAILURES.has(end.outcome) || !(SUCCESSES.has(end.outcome) || HARMLESS.has(end.outcome))
}

/** The newest command of one control of one device. */
export function newestOf(device: string, control: string): Signal<Asked | null> {
  const key = `${device} ${control}`
  let cell = newest.get(key)
  if (!cell) {
    cell = signal<Asked | null>(null)
    newest.set(key, cell)
  }
  return cell
}

/** Note a command that is about to be sent. */
export function begin(device: string, control: string, command: string, args: Args): Asked {
  count += 1
  const asked: Asked = { id: `c${count}`, device, control, command, args, at: Date.now() / 1000, end: null }
  open.set(asked.id, asked)
  newestOf(device, control).value = asked
  return asked
}

/** Note how a command ended. Returns it, or null for an id that is not open. */
export function finish(id: string, end: End): Asked | null {
  const asked = open.get(id)
  if (!asked) return null
  open.delete(id)
  const done = { ...asked, end }
  const cell = newestOf(asked.device, asked.control)
  // An older command's late failure says nothing about what was asked since.
  if (cell.value?.id === id) {
    cell.value = done
    remember(done, end)
  }
  lastEnd.value = done
  return done
}

/** The connection broke: nobody knows how the open commands end. */
export function loseAll(): void {
  for (const id of [...open.keys()]) finish(id, { outcome: 'lost', code: 'cmd.unknown', params: {} })
}

/** A device reported again (`back`: it is online again): what was open because of that is settled. */
export function settle(device: string, back: boolean): void {
  const over = (asked: Asked | null | undefined) =>
    asked?.end?.outcome === 'lost' || (back && asked?.end?.outcome === 'offline')
  if (over(failures.value.get(device))) forget(device)
  for (const cell of newest.values()) {
    if (cell.value?.device === device && over(cell.value)) cell.value = null
  }
}

/** Drop an end that has been read long enough. */
export function dismiss(asked: Asked): void {
  const cell = newestOf(asked.device, asked.control)
  if (cell.value?.id === asked.id) cell.value = null
}

function remember(asked: Asked, end: End): void {
  if (SUCCESSES.has(end.outcome)) forget(asked.device)
  else if (isFailure(end)) failures.value = new Map(failures.value).set(asked.device, asked)
}

function forget(device: string): void {
  if (!failures.value.has(device)) return
  const rest = new Map(failures.value)
  rest.delete(device)
  failures.value = rest
}
