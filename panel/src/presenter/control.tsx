import type { JSX } from 'preact'
import { Button, HoldButton } from '../controls/button'
import { Ending } from '../controls/ending'
import { Fader } from '../controls/fader'
import { kindIcon } from '../controls/icons'
import type { Control, Wish } from '../controls/index'
import { Readout } from '../controls/readout'
import { Segment } from '../controls/segment'
import { stateText, type Value } from '../controls/shown'
import { Stepper } from '../controls/stepper'
import { Toggle } from '../controls/toggle'
import { clockTime, number, t, word } from '../i18n/t'
import { ask } from '../socket/actions'
import { newestOf } from '../store/commands'
import { stale } from '../store/session'
import type { DeviceShape } from '../wire/wire.gen'
import { CameraPad, CameraPresets } from './camera_controls'
import { openDevice } from './device_sheet'
import { MotionControl } from './motion_control'
import { noteInterrupted } from './notes'
import { offerOf } from './offer'
import { openOffer } from './plan_sheet'
import { doingWords } from './steps'
import { again, beginHold, endedOf, shownOf, whole, wordsOf } from './use'

export interface ControlProps {
  readonly device: DeviceShape
  readonly control: Control
  /** Instead of the control's own word; the switch of a whole device carries the device's name. */
  readonly label?: string
}
type Of<K extends Control['kind']> = ControlProps & { readonly control: Extract<Control, { kind: K }> }

/** One control of one device: the description chooses which, the store says what it shows. */
export function DeviceControl(props: ControlProps): JSX.Element {
  const { device, control } = props
  return (
    <div class="control" data-control={control.kind}>
      <Kind {...props} />
      <EndOf end={endedOf(device, control.id)} />
    </div>
  )
}

/** How a control's newest command ended, with what can be done about it. */
export function EndOf({ end }: { end: ReturnType<typeof endedOf> }): JSX.Element {
  const asked = end?.asked
  const offer = asked?.end?.outcome === 'refused' ? offerOf(asked.end.code, asked.end.params) : null
  const what = asked && offer ? () => openOffer(asked, asked.control, offer, doingWords(asked), null) : null
  return <Ending ended={end?.ended ?? null} onRetry={() => asked && again(asked)} onWhat={what} />
}

function Kind({ device, control, label }: ControlProps): JSX.Element {
  switch (control.kind) {
    case 'toggle':
      return <ToggleOf device={device} control={control} label={label ?? labelOf(control)} />
    case 'fader':
    case 'stepper':
      return <LevelOf device={device} control={control} />
    case 'segment':
      return <SegmentOf device={device} control={control} />
    case 'updown':
      return <MotionControl device={device} control={control} />
    case 'pad':
      return <CameraPad device={device} control={control} />
    case 'presets':
      return <CameraPresets device={device} control={control} />
    case 'button':
      return <ButtonOf device={device} control={control} />
    case 'readout':
      return <ReadoutOf device={device} control={control} />
  }
}

/** What people call a control. */
export function labelOf(control: Control): string {
  if (control.kind === 'button' && control.choice !== undefined) {
    return `${word('name', control.name)} ${word('value', control.choice)}`
  }
  if (control.channel === undefined) return word('name', control.name)
  return t(control.name === 'output' ? 'name.output' : 'name.channel', { n: control.channel })
}

function ToggleOf({ device, control, label }: Of<'toggle'> & { label: string }): JSX.Element {
  const shown = shownOf(device, control.point, control.id)
  const send = ({ command, args }: Wish) => ask(device.id, control.id, command, whole(device, command, args))
  return (
    <Toggle
      label={label}
      icon={control.name === 'power' ? kindIcon(device.kind) : null}
      shown={shown}
      text={stateText(shown, wordsOf(device, control.point, control), true)}
      onAsk={(on) => send(on ? control.on : control.off)}
      onWhy={() => openDevice(device)}
    />
  )
}

function LevelOf({ device, control }: Of<'fader' | 'stepper'>): JSX.Element {
  const shown = shownOf(device, control.point, control.id)
  const say = wordsOf(device, control.point, control)
  const send = (value: number) =>
    ask(device.id, control.id, control.command, settingArgs(device, control, value)).id
  const shared = {
    label: labelOf(control),
    shown,
    text: stateText(shown, say, true),
    range: control,
    say: (value: number) => withUnit(value, control.unit),
  }
  if (control.kind === 'stepper') return <Stepper {...shared} onAsk={send} />
  return <Fader {...shared} onAsk={send} asked={newestOf(device.id, control.id).value} />
}

function settingArgs(
  device: DeviceShape,
  control: Of<'fader' | 'stepper' | 'segment'>['control'],
  value: unknown,
) {
  return whole(device, control.command, { ...control.fixed, [control.arg]: value })
}

function withUnit(value: number, unit: string | null): string {
  return unit === null ? number(value) : unit === '%' ? `${number(value)}%` : `${number(value)} ${unit}`
}

function SegmentOf({ device, control }: Of<'segment'>): JSX.Element {
  const shown = shownOf(device, control.point, control.id)
  const words = wordsOf(device, control.point, control)
  const say = (value: Value) => (control.name === 'output' ? sourceWords(value) : words(value))
  return (
    <Segment
      label={labelOf(control)}
      shown={shown}
      text={stateText(shown, say, true)}
      values={control.values}
      say={say}
      onAsk={(value) => ask(device.id, control.id, control.command, settingArgs(device, control, value))}
      onWhy={() => openDevice(device)}
    />
  )
}

/** An input of a matrix; 0 is none. */
function sourceWords(value: Value): string {
  if (value === null) return '—'
  return value === 0 ? word('value', 'untied') : t('name.source', { n: String(value) })
}

function ButtonOf({ device, control }: Of<'button'>): JSX.Element {
  const asked = newestOf(device.id, control.id).value
  if (control.run === 'hold') {
    return (
      <HoldButton
        label={labelOf(control)}
        kind="motion"
        disabled={stale.value}
        begin={beginHold(device, control.id, control.command, control.args)}
        onInterrupted={noteInterrupted}
      />
    )
  }
  return (
    <Button
      label={labelOf(control)}
      busy={asked !== null && asked.end === null}
      disabled={stale.value}
      onAsk={() => ask(device.id, control.id, control.command, control.args)}
    />
  )
}

function ReadoutOf({ device, control }: Of<'readout'>): JSX.Element {
  const shown = shownOf(device, control.point, control.id)
  const say = wordsOf(device, control.point, control)
  const observed = shown.quality === 'observed'
  const text = observed
    ? t('quality.reportedAt', { time: clockTime(shown.ts) })
    : stateText(shown, say, false)
  // The name of a sensor says what it reads.
  const label = control.name === 'value' ? null : labelOf(control)
  return <Readout label={label} shown={shown} value={say(shown.value)} text={text} />
}
