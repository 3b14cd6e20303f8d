import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { codeWords, number, say, t, word } from '../i18n/t'
import { shortPlace } from '../shell/faults'
import { getBody, postCommand } from '../socket/actions'
import { named } from '../store/names'
import type { DeviceHealth, DevicesBody } from '../wire/wire.gen'
import { openTab } from './tabs'
import { traced } from './trace'
import './devices.css'

const EVERY_MS = 2000
const health = signal<DevicesBody | null>(null)

/** How each device is doing. */
export function Devices(): JSX.Element {
  useEffect(() => {
    const look = async () => {
      health.value = (await getBody<DevicesBody>('devices')) ?? health.value
    }
    void look()
    const timer = setInterval(() => void look(), EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  return (
    <section class="devices" aria-label={t('admin.devices')}>
      <Warnings />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys */}
      <div class="table-place" tabIndex={0} role="region" aria-label={t('admin.devices')}>
        <table class="table">
          <thead>
            <tr>
              <th>{t('admin.device')}</th>
              <th>{t('admin.driver')}</th>
              <th>{t('admin.state')}</th>
              <th>{t('admin.last')}</th>
              <th>{t('admin.latency')}</th>
              <th class="devices-count">{t('admin.failures')}</th>
              <th class="devices-count">{t('admin.reconnects')}</th>
              <th class="devices-count">{t('admin.queue')}</th>
              <th>{t('admin.actions')}</th>
            </tr>
          </thead>
          <tbody>
            {health.value?.devices.map((device) => (
              <Row key={device.id} device={device} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Warnings(): JSX.Element | null {
  const warnings = health.value?.warnings ?? []
  if (warnings.length === 0) return null
  return (
    <ul class="faults" aria-label={t('admin.warnings')}>
      {warnings.map((warning) => {
        const code = String(warning.code ?? '')
        const params = (warning.params ?? {}) as Readonly<Record<string, unknown>>
        return <li key={JSON.stringify(warning)}>{codeWords(code, params) ?? code}</li>
      })}
    </ul>
  )
}

function Row({ device }: { device: DeviceHealth }): JSX.Element {
  return (
    <tr data-state={device.state}>
      <th scope="row">
        {say(device.name)}
        <small>{device.id}</small>
      </th>
      <td>
        {device.driver}
        <small>{device.endpoint ?? device.link ?? ''}</small>
      </td>
      <td class="devices-state">
        {word('state', device.state)}
        <small title={device.place ?? ''}>{why(device)}</small>
      </td>
      <td class="devices-short">{age(device.last_answer_s)}</td>
      <td class="devices-short">
        {device.p50_ms == null
          ? '—'
          : t('admin.ms', { a: number(device.p50_ms), b: number(device.p95_ms ?? 0) })}
      </td>
      <td class="devices-count">{device.failures ?? '—'}</td>
      <td class="devices-count">{device.reconnects ?? '—'}</td>
      <td class="devices-count">{device.queue ?? '—'}</td>
      <td>
        <Actions id={device.id} />
      </td>
    </tr>
  )
}

function why(device: DeviceHealth): string {
  const words =
    device.code === null ? '' : (codeWords(device.code, named({ device: device.id })) ?? device.code)
  return device.place ? `${shortPlace(device.place)} ${words}` : words
}

function age(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '—'
  if (seconds < 90) return t('admin.seconds', { s: number(seconds, 0) })
  return t('admin.minutes', { m: number(seconds / 60, 0) })
}

/** Harmless things that look after a device: none moves anything. */
function Actions({ id }: { id: string }): JSX.Element {
  const [said, setSaid] = useState('')
  const run = async (command: string) => {
    setSaid('…')
    const { outcome, code } = await postCommand(id, command)
    const words = code && codeWords(code, named({ device: id }))
    setSaid(words || codeWords(`outcome.${outcome}`, {}) || outcome)
  }
  return (
    <span class="devices-actions">
      <button type="button" class="plain" onClick={() => void run('probe')}>
        {t('admin.probe')}
      </button>
      <button type="button" class="plain" onClick={() => void run('reconnect')}>
        {t('admin.reconnect')}
      </button>
      <button
        type="button"
        class="plain"
        onClick={() => {
          traced.value = id
          openTab('trace')
        }}
      >
        {t('admin.watch')}
      </button>
      <small role="status">{said}</small>
    </span>
  )
}
