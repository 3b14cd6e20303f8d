import type { JSX } from 'preact'
import type { Control } from '../controls/index'
import { Pad } from '../controls/pad'
import { Presets } from '../controls/presets'
import type { Drive } from '../controls/steering'
import { t } from '../i18n/t'
import { ask } from '../socket/actions'
import { newestOf } from '../store/commands'
import { point } from '../store/points'
import { stale } from '../store/session'
import type { DeviceShape } from '../wire/wire.gen'
import { noteInterrupted } from './notes'
import { beginHold } from './use'

interface PadProps {
  readonly device: DeviceShape
  readonly control: Extract<Control, { kind: 'pad' }>
}

/** Drive a camera. */
export function CameraPad({ device, control }: PadProps): JSX.Element {
  const has = (axis: keyof Drive) => axis === 'pan' || control[axis]
  const only = (drive: Drive) =>
    Object.fromEntries(Object.entries(drive).filter(([axis]) => has(axis as keyof Drive)))
  return (
    <Pad
      tilt={control.tilt}
      zoom={control.zoom}
      disabled={stale.value}
      begin={(drive) => beginHold(device, control.id, control.command, only(drive))}
      onInterrupted={noteInterrupted}
    />
  )
}

interface PresetProps {
  readonly device: DeviceShape
  readonly control: Extract<Control, { kind: 'presets' }>
}

/** Recall or save a camera's positions. */
export function CameraPresets({ device, control }: PresetProps): JSX.Element {
  const asked = newestOf(device.id, control.id).value
  const wished = asked && !asked.end ? asked.args[control.arg] : null
  const told = point(`${device.id}.preset`).value
  const send = (command: string, number: number) =>
    ask(device.id, control.id, command, { [control.arg]: number })
  return (
    <Presets
      label={t('camera.presets')}
      numbers={control.numbers}
      current={told && typeof told.value === 'number' && told.quality !== 'stale' ? told.value : null}
      busy={typeof wished === 'number' ? wished : null}
      canSave={control.save !== null}
      disabled={stale.value}
      onRecall={(number) => send(control.recall, number)}
      onSave={(number) => control.save && send(control.save, number)}
    />
  )
}
