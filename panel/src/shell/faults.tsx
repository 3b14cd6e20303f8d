import type { JSX } from 'preact'
import { Icon } from '../controls/icons'
import { endText } from '../controls/shown'
import { clockTime, codeWords, say, t } from '../i18n/t'
import { type Fault, faults } from '../store/faults'
import { named } from '../store/names'
import { openSheet } from './sheet'
import './faults.css'

/** One fault in words: what happened, and what to do. */
export function faultText(fault: Fault): string {
  const device = say(fault.device.name)
  switch (fault.what) {
    case 'misconfigured':
      return t('device.misconfigured', { place: shortPlace(fault.place) })
    case 'offline':
      return fault.since
        ? t('device.offline', { device, time: clockTime(fault.since) })
        : t('device.offlineNow', { device })
    case 'reported':
      return t('device.fault', { fault: fault.text })
    case 'command': {
      const end = fault.asked.end
      if (!end) return ''
      const params = named({ device: fault.device.id, ...end.params })
      const words = end.code === null ? null : codeWords(end.code, params)
      return words ?? endText({ ...end, params }) ?? ''
    }
  }
}

/** A place in the room file without its folders: they say nothing to who reads it here. */
export function shortPlace(place: string): string {
  return place.split('/').at(-1) ?? place
}

/** All faults of now. */
export function FaultList(): JSX.Element {
  if (faults.value.length === 0) return <p>{t('faults.none')}</p>
  return (
    <ul class="faults">
      {faults.value.map((fault) => (
        <li key={fault.device.id}>{withName(say(fault.device.name), faultText(fault))}</li>
      ))}
    </ul>
  )
}

/** A text that begins with the device's name needs it no second time. */
function withName(name: string, text: string): JSX.Element {
  const rest = text.startsWith(name) ? text.slice(name.length) : ` ${text}`
  return (
    <>
      <b>{name}</b>
      {rest}
    </>
  )
}

/** The header's count; opens the list. */
export function FaultButton(): JSX.Element | null {
  const n = faults.value.length
  if (n === 0) return null
  return (
    <button
      type="button"
      class="plain fault-count"
      onClick={() =>
        openSheet(
          () => t('faults.title'),
          () => <FaultList />,
        )
      }
    >
      <Icon name="warn" />
      <span class="fault-words">{t('faults.count', { n })}</span>
      <span class="fault-number" aria-hidden="true">
        {n}
      </span>
    </button>
  )
}
