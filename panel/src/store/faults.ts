import { computed } from '@preact/signals'
import type { DeviceShape } from '../wire/wire.gen'
import { type Asked, failures } from './commands'
import { point } from './points'
import { devices } from './room'

/** One thing that is wrong now. */
export type Fault = { readonly device: DeviceShape } & (
  | { readonly what: 'misconfigured'; readonly place: string }
  | { readonly what: 'offline'; readonly since: number | null }
  | { readonly what: 'reported'; readonly text: string }
  | { readonly what: 'command'; readonly asked: Asked }
)

/** What is wrong with one device, the gravest first, or null. */
export function faultOf(device: DeviceShape): Fault | null {
  if (device.misconfigured) return { device, what: 'misconfigured', place: device.misconfigured }
  const online = point(`${device.id}.online`).value
  if (online?.value === false) return { device, what: 'offline', since: online.ts || null }
  const fault = point(`${device.id}.fault`).value
  if (fault?.value) return { device, what: 'reported', text: String(fault.value) }
  const asked = failures.value.get(device.id)
  return asked ? { device, what: 'command', asked } : null
}

export const faults = computed(() => devices.value.map(faultOf).filter((fault) => fault !== null))
