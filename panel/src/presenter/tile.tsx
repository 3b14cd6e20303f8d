import type { JSX } from 'preact'
import { Ending } from '../controls/ending'
import { Icon, kindIcon } from '../controls/icons'
import type { Control } from '../controls/index'
import { Mark } from '../controls/mark'
import { isOn, type Shown, stateText, valueText } from '../controls/shown'
import { Toggle } from '../controls/toggle'
import { say, t } from '../i18n/t'
import { shortPlace } from '../shell/faults'
import { ask } from '../socket/actions'
import { point } from '../store/points'
import { tellsMotion } from '../store/room'
import type { DeviceShape } from '../wire/wire.gen'
import { controlsFor } from './card'
import { openDevice } from './device_sheet'
import { screenOf } from './screens'
import { again, endedOf, shownOf } from './use'
import './tile.css'

/** A device in small: a light is switched here, everything else leads to its screen. */
export function Tile({ device }: { device: DeviceShape }): JSX.Element {
  const power = controlsFor(device).find((control) => control.kind === 'toggle' && control.id === 'power')
  if (screenOf(device) === 'lights' && power?.kind === 'toggle' && !device.misconfigured) {
    return <LightTile device={device} control={power} />
  }
  return <LinkTile device={device} />
}

type Power = Extract<Control, { kind: 'toggle' }>

function LightTile({ device, control }: { device: DeviceShape; control: Power }): JSX.Element {
  const shown = shownOf(device, control.point, control.id)
  const end = endedOf(device, control.id)
  return (
    <div class="control">
      <Toggle
        label={say(device.name)}
        icon={kindIcon(device.kind)}
        shown={shown}
        text={stateText(shown, (value) => lightText(device, value === true || value === 'on', value), true)}
        onAsk={(on) => {
          const wish = on ? control.on : control.off
          ask(device.id, control.id, wish.command, wish.args)
        }}
        onWhy={() => openDevice(device)}
      />
      <Ending ended={end?.ended ?? null} onRetry={() => end && again(end.asked)} />
    </div>
  )
}

function lightText(device: DeviceShape, on: boolean, value: Shown['value']): string {
  const power = valueText(value, null, true)
  const level = point(`${device.id}.level`).value?.value
  const shape = device.points.level ?? null
  return on && typeof level === 'number' ? `${power} ${valueText(level, shape, false)}` : power
}

/** What is said of a device in small: the first of these points that it has. */
const FIRST = ['power', 'position', 'value', 'input', 'mode', 'state'] as const

function LinkTile({ device }: { device: DeviceShape }): JSX.Element {
  const name = FIRST.find((point) => point in device.points) ?? firstPoint(device)
  const shown = shownOf(device, name, 'tile')
  const moves = 'moving' in device.points && tellsMotion(point(`${device.id}.moving`).value)
  const offline = point(`${device.id}.online`).value?.value === false
  const words = (value: Shown['value']) =>
    valueText(
      value,
      (name && device.points[name]) || null,
      name === 'power' || (name?.endsWith('.state') ?? false),
    )
  const text = device.misconfigured
    ? t('device.misconfigured', { place: shortPlace(device.misconfigured) })
    : offline && shown.value === null
      ? t('outcome.offlineNow')
      : [stateText(shown, words, false), ...extras(device)].join(' · ')
  return (
    <a
      class="tile look"
      href={`#${screenOf(device)}`}
      data-quality={shown.quality}
      data-on={name === 'power' && isOn(shown.value)}
      data-moving={moves}
    >
      <Icon name={device.misconfigured ? 'lock' : kindIcon(device.kind)} />
      <span class="toggle-words">
        <span class="toggle-label">{say(device.name)}</span>
        <span class="toggle-state">
          <Mark shown={shown} /> {moves ? t('lift.moving') : text}
        </span>
      </span>
    </a>
  )
}

function firstPoint(device: DeviceShape): string | null {
  return Object.keys(device.points).find((name) => name !== 'online' && name !== 'fault') ?? null
}

/** What else is worth saying in small. */
function extras(device: DeviceShape): string[] {
  const also = ['current', 'input'].filter((name) => name in device.points && device.kind !== 'matrix')
  return also.flatMap((name) => {
    const value = point(`${device.id}.${name}`).value?.value
    return value === null || value === undefined ? [] : [valueText(value, device.points[name] ?? null, false)]
  })
}
