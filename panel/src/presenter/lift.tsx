import type { JSX } from 'preact'
import { t } from '../i18n/t'
import type { DeviceShape } from '../wire/wire.gen'
import { DeviceCard } from './card'
import { InterruptedNote } from './motion_control'
import { interrupted } from './notes'

/** What moves by a motor. */
export function Lift({ devices }: { devices: readonly DeviceShape[] }): JSX.Element {
  return (
    <>
      {interrupted.value && <InterruptedNote />}
      <div class="cards">
        {devices.map((device) => (
          <DeviceCard key={device.id} device={device} />
        ))}
      </div>
      <p class="motion-safe">{t('help.safety')}</p>
    </>
  )
}
