import type { JSX } from 'preact'
import { say, t, word } from '../i18n/t'
import { faultText } from '../shell/faults'
import { closeSheet, openSheet } from '../shell/sheet'
import { faultOf } from '../store/faults'
import { room } from '../store/room'
import { stale } from '../store/session'
import type { DeviceShape } from '../wire/wire.gen'
import { again } from './use'

/** Tell why a device does not act, since when, and whom to call. */
export function openDevice(device: DeviceShape): void {
  openSheet(
    () => `${say(device.name)} · ${word('kind', device.kind)}`,
    () => <Condition device={device} />,
  )
}

function Condition({ device }: { device: DeviceShape }): JSX.Element {
  const fault = faultOf(device)
  const asked = fault?.what === 'command' ? fault.asked : null
  const contact = say(room.value?.contact)
  return (
    <div class="help">
      <h3>{t('device.why')}</h3>
      <p>{fault ? faultText(fault) : stale.value ? t('conn.down') : t('faults.none')}</p>
      {contact && <p class="help-contact">{`${t('help.contact')} ${contact}`}</p>}
      {asked && (
        <button
          type="button"
          class="plain"
          onClick={() => {
            again(asked)
            closeSheet()
          }}
        >
          {t('sheet.retry')}
        </button>
      )}
    </div>
  )
}
