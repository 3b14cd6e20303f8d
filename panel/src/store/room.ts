import { computed, signal } from '@preact/signals'
import type { DeviceShape, PointBody, RoomShape } from '../wire/wire.gen'
import { point } from './points'

/** The room as the last snapshot described it. */
export const room = signal<RoomShape | null>(null)
/** The panel build of the first snapshot; another one later means that this page is old. */
export const firstBuild = signal<string | null>(null)

/** Take a snapshot's room. */
export function takeRoom(shape: RoomShape): void {
  firstBuild.value ??= shape.build
  room.value = shape
}

export const devices = computed<readonly DeviceShape[]>(() => room.value?.devices ?? [])
const byId = computed(() => new Map(devices.value.map((device) => [device.id, device])))

/** A device of the room, or null. */
export function device(id: string): DeviceShape | null {
  return byId.value.get(id) ?? null
}

/** The device whose point a path names, or null; an id may itself have dots. */
export function deviceOf(path: string): DeviceShape | null {
  for (let end = path.lastIndexOf('.'); end > 0; end = path.lastIndexOf('.', end - 1)) {
    const found = byId.value.get(path.slice(0, end))
    if (found) return found
  }
  return null
}

const STILL = new Set<unknown>([null, false, '', 'none', 'stopped', 'still', 'idle'])

/** Say whether a `moving` point tells of motion, now or asked for. */
export function tellsMotion(body: PointBody | null): boolean {
  if (!body || body.quality === 'stale') return false
  if (body.quality === 'pending' && !STILL.has(body.desired ?? null)) return true
  return !STILL.has(body.value)
}

/** Devices that move now, as far as they say. */
export const moving = computed(() =>
  devices.value.filter((d) => 'moving' in d.points && tellsMotion(point(`${d.id}.moving`).value)),
)
/** Whether there is anything in the room that STOP stops. */
export const canStop = computed(() => devices.value.some((d) => 'stop' in d.commands))
