import type { JSX } from 'preact'
import { Icon, kindIcon } from '../controls/icons'
import { type Control, controlsOf, isPower } from '../controls/index'
import { say } from '../i18n/t'
import { faultText } from '../shell/faults'
import { type Fault, faultOf } from '../store/faults'
import { point } from '../store/points'
import { tellsMotion } from '../store/room'
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

/** Whether there is nothing to be done with a device but to read it. */
export function isReadOnly(device: DeviceShape): boolean {
  return !device.misconfigured && controlsFor(device).every((control) => control.kind === 'readout')
}

/** All controls of one device; works for every kind, also for one that nobody here has heard of. */
export function DeviceCard({ device }: { device: DeviceShape }): JSX.Element {
  const fault = faultOf(device)
  const controls = device.misconfigured ? [] : controlsFor(device)
  const power = controls.find(isPower)
  const moves = 'moving' in device.points && tellsMotion(point(`${device.id}.moving`).value)
  return (
    <section class="card" data-device={device.id} data-moving={moves} aria-label={say(device.name)}>
      {power ? (
        <h2 class="card-power">
          <DeviceControl device={device} control={power} label={say(device.name)} />
        </h2>
      ) : (
        <div class="card-head">
          <Icon name={kindIcon(device.kind)} />
          <h2>{say(device.name)}</h2>
        </div>
      )}
      {/* A command's failure stands at its control. */}
      {fault && fault.what !== 'command' && <FaultOf device={device} fault={fault} />}
      {groups(controls.filter((control) => control !== power)).map((group) => (
        <div key={group[0]?.id} class={CLASSES[shapeOf(group[0])]}>
          {group.map((control) => (
            <DeviceControl key={control.id} device={device} control={control} />
          ))}
        </div>
      ))}
    </section>
  )
}

const SIGNS = { misconfigured: 'lock', offline: 'offline', reported: 'warn', command: 'warn' } as const

function FaultOf({ device, fault }: { device: DeviceShape; fault: Fault }): JSX.Element {
  return (
    <button type="button" class="ending" data-end={fault.what} onClick={() => openDevice(device)}>
      <Icon name={SIGNS[fault.what]} />
      <span>{faultText(fault)}</span>
    </button>
  )
}

const CLASSES = { tiles: 'card-tiles', buttons: 'card-tiles', readings: 'card-readings', rest: 'card-group' }

type Shape = keyof typeof CLASSES

const SHAPES: Readonly<Partial<Record<Control['kind'], Shape>>> = {
  toggle: 'tiles',
  button: 'buttons',
  readout: 'readings',
}

function shapeOf(control: Control | undefined): Shape {
  return (control && SHAPES[control.kind]) ?? 'rest'
}

/** Switches stand side by side, and so do buttons; everything else stands below each other. */
function groups(controls: readonly Control[]): Control[][] {
  const made: Control[][] = []
  for (const control of controls) {
    const last = made.at(-1)
    if (last && shapeOf(last[0]) === shapeOf(control)) last.push(control)
    else made.push([control])
  }
  return joined(made)
}

/** One button needs no line of its own behind switches; two that belong together do. */
function joined(groups: Control[][]): Control[][] {
  return groups.reduce<Control[][]>((made, group) => {
    const last = made.at(-1)
    const lonely = group.length === 1 && shapeOf(group[0]) === 'buttons'
    if (last && lonely && shapeOf(last[0]) === 'tiles') last.push(...group)
    else made.push(group)
    return made
  }, [])
}
