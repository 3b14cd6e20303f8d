import type { JSX } from 'preact'
import type { DeviceShape } from '../wire/wire.gen'
import { DeviceCard, isReadOnly } from './card'

interface Props {
  readonly devices: readonly DeviceShape[]
  /** For devices with many controls. */
  readonly wide: boolean
}

/** A screen that needs no more than its devices' cards; what is only read stands apart. */
export function Cards({ devices, wide }: Props): JSX.Element {
  const read = devices.filter(isReadOnly)
  const operated = devices.filter((device) => !isReadOnly(device))
  const cards = operated.length > 0 && (
    <div class={wide ? 'cards cards-wide' : 'cards'}>
      {operated.map((device) => (
        <DeviceCard key={device.id} device={device} />
      ))}
    </div>
  )
  if (read.length === 0) return <>{cards}</>
  return (
    <div class="cards-beside">
      {cards}
      <div class="readings">
        {read.map((device) => (
          <DeviceCard key={device.id} device={device} />
        ))}
      </div>
    </div>
  )
}
