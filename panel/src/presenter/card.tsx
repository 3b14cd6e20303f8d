import type { JSX } from 'preact'
import { Icon, kindIcon } from '../controls/icons'
import { type Control, controlsOf } from '../controls/index'
import { say, word } from '../i18n/t'
import { faultText } from '../shell/faults'
import { faultOf } from '../store/faults'
import type { DeviceShape } from '../wire/wire.gen'
import { DeviceControl } from './control'
import { openDevice } from './device_sheet'
import './card.css'

const known = new WeakMap<DeviceShape, readonly Control[]>()

/** A device's controls; worked out once for each description. */
export function controlsFor(device: DeviceShape): readonly Control[] {
  let controls = known.get(device)
  if (!controls) {
    controls = controlsOf(device)
    known.set(device, controls)
  }
  return controls
}

/** All controls of one device; works for every kind, also for one that nobody here has heard of. */
export function DeviceCard({ device }: { device: DeviceShape }): JSX.Element {
  const fault = faultOf(device)
  // A command's failure stands at its control.
  const told = fault?.what === 'command' ? null : fault
  const controls = device.misconfigured ? [] : controlsFor(device)
  return (
    <section class="card" data-device={device.id} aria-label={say(device.name)}>
      <div class="card-head">
        <Icon name={kindIcon(device.kind)} />
        <h2>{say(device.name)}</h2>
        <span class="card-kind">{word('kind', device.kind)}</span>
      </div>
      {told && (
        <button type="button" class="ending" data-end={told.what} onClick={() => openDevice(device)}>
          <Icon
            name={told.what === 'misconfigured' ? 'lock' : told.what === 'offline' ? 'offline' : 'warn'}
          />
          <span>{faultText(told)}</span>
        </button>
      )}
      {groups(controls).map((group) => (
        <div key={group[0]?.id} class={CLASSES[shapeOf(group[0])]}>
          {group.map((control) => (
            <DeviceControl key={control.id} device={device} control={control} />
          ))}
        </div>
      ))}
    </section>
  )
}

const CLASSES = { buttons: 'card-row', channels: 'card-channels', rest: 'card-group' } as const

function shapeOf(control: Control | undefined): keyof typeof CLASSES {
  if (control?.kind === 'button') return 'buttons'
  return control?.kind === 'toggle' && control.channel !== undefined ? 'channels' : 'rest'
}

/** Buttons and channels stand side by side, everything else below each other. */
function groups(controls: readonly Control[]): Control[][] {
  const made: Control[][] = []
  for (const control of controls) {
    const last = made.at(-1)
    if (last && shapeOf(last[0]) === shapeOf(control)) last.push(control)
    else made.push([control])
  }
  return made
}
