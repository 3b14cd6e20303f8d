import type { JSX } from 'preact'
import type { DeviceShape } from '../wire/wire.gen'
import { DeviceCard } from './card'

/** A screen that needs no more than its devices' cards. */
export function Cards({ devices, wide }: { devices: readonly DeviceShape[]; wide: boolean }): JSX.Element {
  return (
    <div class={wide ? 'cards cards-wide' : 'cards'}>
      {devices.map((device) => (
        <DeviceCard key={device.id} device={device} />
      ))}
    </div>
  )
}
