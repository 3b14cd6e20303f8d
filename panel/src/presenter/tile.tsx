import type { JSX } from 'preact'
import { Icon, kindIcon } from '../controls/icons'
import { type Control, isPower } from '../controls/index'
import { Mark } from '../controls/mark'
import { type Shown, stateText, valueText } from '../controls/shown'
import { Toggle } from '../controls/toggle'
import { say, t, word } from '../i18n/t'
import { shortPlace } from '../shell/faults'
import { ask } from '../socket/actions'
import { faultOf } from '../store/faults'
import { point } from '../store/points'
import { tellsMotion } from '../store/room'
import type { DeviceShape } from '../wire/wire.gen'
import { controlsFor } from './card'
import { EndOf } from './control'
import { openDevice } from './device_sheet'
import { screenOf } from './screens'
import { summaryOf } from './summary'
import { endedOf, shownOf } from './use'
import './tile.css'

/** A device in small: a light is switched here, everything else leads to its screen. */
export function Tile({ device }: { device: DeviceShape }): JSX.Element {
  const power = controlsFor(device).find(isPower)
  if (screenOf(device) === 'lights' && power && !device.misconfigured) {
    return <LightTile device={device} control={power} />
  }
  return <LinkTile device={device} />
}

type Power = Extract<Control, { kind: 'toggle' }>

function LightTile({ device, control }: { device: DeviceShape; control: Power }): JSX.Element {
  const shown = shownOf(device, control.point, control.id)
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
      <EndOf end={endedOf(device, control.id)} />
    </div>
  )
}

function lightText(device: DeviceShape, on: boolean, value: Shown['value']): string {
  const power = valueText(value, null, true)
  const level = point(`${device.id}.level`).value?.value
  const shape = device.points.level ?? null
  return on && typeof level === 'number' ? `${power} ${valueText(level, shape, false)}` : power
}

function LinkTile({ device }: { device: DeviceShape }): JSX.Element {
  const { shown, text, on, reads } = summaryOf(device)
  const moves = 'moving' in device.points && tellsMotion(point(`${device.id}.moving`).value)
  const wrong = wrongWith(device, shown)
  return (
    <a
      class="tile look"
      href={`#${screenOf(device)}`}
      data-quality={shown.quality}
      data-on={on}
      data-moving={moves}
      data-wrong={wrong !== null}
    >
      <Icon name={device.misconfigured ? 'lock' : kindIcon(device.kind)} />
      <span class="toggle-words">
        <span class="toggle-label">{say(device.name)}</span>
        <span class="toggle-state">
          {wrong !== null && !device.misconfigured && <Icon name="warn" />}
          {!reads && wrong === null && !moves && <Mark shown={shown} />}{' '}
          {moves ? t('lift.moving') : (wrong ?? text)}
        </span>
      </span>
    </a>
  )
}

/** What is wrong with a device in few words; null where nothing is, or its own line says it. */
function wrongWith(device: DeviceShape, shown: Shown): string | null {
  const fault = faultOf(device)
  switch (fault?.what) {
    case 'misconfigured':
      return t('device.misconfigured', { place: shortPlace(fault.place) })
    case 'offline':
      return shown.value === null ? word('state', 'offline') : null
    case 'reported':
      return t('device.fault', { fault: fault.text })
    case 'command':
      return t('tile.failed')
    default:
      return null
  }
}
