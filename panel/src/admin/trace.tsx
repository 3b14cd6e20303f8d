import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { locale, say, t } from '../i18n/t'
import { watch } from '../socket/actions'
import { devices } from '../store/room'
import type { TraceMessage } from '../wire/wire.gen'
import { changed, clearFrames, count, dropped, inWords, matching, paused, sign } from './frames'
import './trace.css'

const SHOWN = 400
const COPIED_MS = 2000
/** Bytes that are a text protocol's are shown as text too. */
const READABLE = /[a-z0-9]{3}/i

/** Which device's frames are shown; empty: all. */
export const traced = signal('')

/** Live traffic, decoded. */
export function Trace(): JSX.Element {
  const [text, setText] = useState('')
  useEffect(() => {
    watch([traced.value ? `trace:${traced.value}` : 'trace:*'])
    return () => watch([])
  }, [traced.value])
  void changed.value
  const rows = matching(traced.value, text, SHOWN)
  return (
    <section class="trace" aria-label={t('admin.trace')}>
      <div class="trace-bar">
        <select
          class="field trace-device"
          aria-label={t('admin.device')}
          value={traced.value}
          onChange={(event) => (traced.value = event.currentTarget.value)}
        >
          <option value="">{t('admin.all')}</option>
          {devices.value.map((device) => (
            <option key={device.id} value={device.id}>
              {`${device.id} · ${say(device.name)}`}
            </option>
          ))}
        </select>
        <input
          class="field trace-filter"
          type="search"
          aria-label={t('admin.filter')}
          placeholder={t('admin.filter')}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="button" class="plain" aria-pressed={paused.value} onClick={togglePause}>
          {t(paused.value ? 'admin.resume' : 'admin.pause')}
        </button>
        <button type="button" class="plain" onClick={clearFrames}>
          {t('admin.clear')}
        </button>
        <Copy rows={rows} />
        <span>{t('admin.frames', { n: count() })}</span>
        {dropped.value > 0 && <span class="trace-dropped">{t('admin.dropped', { n: dropped.value })}</span>}
      </div>
      {rows.length === 0 ? <p>{t('admin.noFrames')}</p> : <Rows rows={rows} />}
    </section>
  )
}

function togglePause(): void {
  paused.value = !paused.value
  if (!paused.value) changed.value += 1
}

function Copy({ rows }: { rows: readonly TraceMessage[] }): JSX.Element {
  const [done, setDone] = useState(false)
  const text = () => `${rows.map(inWords).join('\n')}\n`
  const copy = async () => {
    await navigator.clipboard.writeText(text())
    setDone(true)
    setTimeout(() => setDone(false), COPIED_MS)
  }
  const download = () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text()], { type: 'text/plain' }))
    link.download = 'roomd-trace.txt'
    link.click()
    URL.revokeObjectURL(link.href)
  }
  return (
    <>
      {'clipboard' in navigator && (
        <button type="button" class="plain" onClick={() => void copy()}>
          {t(done ? 'admin.copied' : 'admin.copy')}
        </button>
      )}
      <button type="button" class="plain" onClick={download}>
        {t('admin.download')}
      </button>
    </>
  )
}

function Rows({ rows }: { rows: readonly TraceMessage[] }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys
    <div class="table-place" tabIndex={0} role="region" aria-label={t('admin.trace')}>
      <table class="table trace-table">
        <thead>
          <tr>
            <th>{t('admin.time')}</th>
            <th>{t('admin.device')}</th>
            <th>{t('admin.direction')}</th>
            <th>{t('admin.bytes')}</th>
            <th>{t('admin.meaning')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.toReversed().map((frame, i) => (
            <tr key={`${frame.ts} ${rows.length - i}`} data-direction={frame.direction}>
              <td class="trace-short">{time(frame.ts)}</td>
              <td class="trace-short">{frame.device || frame.link}</td>
              <td>{sign(frame.direction)}</td>
              <td class="trace-bytes">
                {frame.topic && <b>{frame.topic} </b>}
                {frame.topic ? frame.ascii : frame.hex}
                {!frame.topic && READABLE.test(frame.ascii) && <small>{frame.ascii}</small>}
              </td>
              <td>{frame.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function time(ts: number): string {
  const form = {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  } as const
  return new Intl.DateTimeFormat(locale.value, form).format(new Date(ts * 1000))
}
