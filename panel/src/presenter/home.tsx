import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { say, t } from '../i18n/t'
import { devices, room } from '../store/room'
import type { DeviceShape } from '../wire/wire.gen'
import { SCREENS, screenOf } from './screens'
import { Tile } from './tile'
import './home.css'

type By = 'zones' | 'kinds'
const by = signal<By>('kinds')

interface Group {
  readonly key: string
  readonly title: string
  readonly devices: readonly DeviceShape[]
}

/** Everything in the room as tiles, in groups. */
export function Home(): JSX.Element {
  const groups = by.value === 'zones' ? byZone() : byKind()
  const zoned = (room.value?.zones.length ?? 0) > 0
  if (devices.value.length === 0) return <p>{t('home.empty')}</p>
  return (
    <div class="home">
      <div class="home-groups">
        {groups.map((group) => (
          <section key={group.key} class="group" aria-label={group.title}>
            <h2>{group.title}</h2>
            <div class="tiles">
              {group.devices.map((device) => (
                <Tile key={device.id} device={device} />
              ))}
            </div>
          </section>
        ))}
      </div>
      {zoned && <Grouping />}
    </div>
  )
}

function Grouping(): JSX.Element {
  return (
    <div class="home-by">
      {(['kinds', 'zones'] as const).map((way) => (
        <button
          key={way}
          type="button"
          class="plain"
          aria-pressed={by.value === way}
          data-active={by.value === way}
          onClick={() => (by.value = way)}
        >
          {t(`home.${way}`)}
        </button>
      ))}
    </div>
  )
}

function byKind(): Group[] {
  return SCREENS.map((screen) => ({
    key: screen,
    title: t(`nav.${screen}`),
    devices: devices.value.filter((device) => screenOf(device) === screen),
  })).filter((group) => group.devices.length > 0)
}

function byZone(): Group[] {
  const zones = room.value?.zones ?? []
  const placed = new Set(zones.flatMap((zone) => zone.devices))
  const groups = zones.map((zone) => ({
    key: zone.id,
    title: say(zone.name),
    devices: devices.value.filter((device) => zone.devices.includes(device.id)),
  }))
  const rest = devices.value.filter((device) => !placed.has(device.id))
  return [...groups, { key: ' ', title: t('home.rest'), devices: rest }].filter((g) => g.devices.length > 0)
}
