import type { JSX } from 'preact'
import { Icon } from '../controls/icons'
import { t } from '../i18n/t'
import { ask } from '../socket/actions'
import { stale } from '../store/session'
import type { DeviceShape } from '../wire/wire.gen'
import { controlsFor, DeviceCard } from './card'

/** All lights, and one tap for all of them. */
export function Lights({ devices }: { devices: readonly DeviceShape[] }): JSX.Element {
  const all = (on: boolean) => {
    for (const device of devices) {
      const power = controlsFor(device).find((control) => control.id === 'power')
      if (power?.kind !== 'toggle' || device.misconfigured) continue
      const wish = on ? power.on : power.off
      ask(device.id, power.id, wish.command, wish.args)
    }
  }
  return (
    <>
      <div class="card-row">
        <button type="button" class="plain" aria-disabled={stale.value} onClick={() => all(true)}>
          <Icon name="lamp" /> {t('all.on')}
        </button>
        <button type="button" class="plain" aria-disabled={stale.value} onClick={() => all(false)}>
          <Icon name="power" /> {t('all.off')}
        </button>
      </div>
      <div class="cards">
        {devices.map((device) => (
          <DeviceCard key={device.id} device={device} />
        ))}
      </div>
    </>
  )
}
