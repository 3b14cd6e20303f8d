import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { Icon } from '../controls/icons'
import { t, word } from '../i18n/t'
import { getBody, postBody } from '../socket/actions'
import {
  detailText,
  FIELDS,
  type Field,
  type Filter,
  filterIn,
  PAGE,
  query,
  type RecordRow,
  resultWords,
  searchOf,
  type Verified,
  verifiedWords,
  when,
} from './rows'
import './record.css'

const filter = signal<Filter>(filterIn(location.search))
const rows = signal<readonly RecordRow[]>([])
const state = signal<'reading' | 'read' | 'unreadable'>('reading')
/** Whether there may be rows below those that are shown. */
const more = signal(false)
const writable = signal(true)
const verified = signal<Verified | 'checking' | 'unreadable' | null>(null)

interface Body {
  readonly rows: readonly RecordRow[]
  readonly writable: boolean
}

/** Who did what, when, with what result; and whether the record is what it was. */
export function RecordTab(): JSX.Element {
  useEffect(() => {
    void read(null)
  }, [])
  return (
    <section class="record" aria-label={t('record.title')}>
      <Filters />
      <Verification />
      {!writable.value && <p class="record-bad">{t('record.unwritable')}</p>}
      {state.value === 'unreadable' && (
        <p class="record-bad" role="alert">
          {t('record.unreadable')}
        </p>
      )}
      {state.value === 'read' && rows.value.length === 0 && <p>{t('record.none')}</p>}
      {rows.value.length > 0 && <Rows />}
      {more.value && (
        <button type="button" class="plain" onClick={() => void read(rows.value.at(-1)?.seq ?? null)}>
          {t('record.more')}
        </button>
      )}
    </section>
  )
}

/** Read the rows below one, or from the newest on. */
async function read(below: number | null): Promise<void> {
  const body = await getBody<Body>(`audit?${query(filter.value, below)}`)
  if (!body) {
    state.value = 'unreadable'
    return
  }
  rows.value = below === null ? body.rows : [...rows.value, ...body.rows]
  more.value = body.rows.length === PAGE
  writable.value = body.writable
  state.value = 'read'
}

const LABELS = {
  actor: 'record.actor',
  device: 'record.device',
  act: 'record.actName',
  after: 'record.after',
  before: 'record.before',
} as const

function Filters(): JSX.Element {
  const show = (event: Event) => {
    event.preventDefault()
    history.replaceState(null, '', `${location.pathname}${searchOf(filter.value)}${location.hash}`)
    void read(null)
  }
  return (
    <form class="record-bar" onSubmit={show}>
      {FIELDS.map((field) => (
        <FilterField key={field} field={field} />
      ))}
      <button type="submit" class="plain">
        {t('record.show')}
      </button>
      <button
        type="button"
        class="plain"
        aria-busy={verified.value === 'checking'}
        onClick={() => void check()}
      >
        <Icon name="check" /> {t('record.verify')}
      </button>
    </form>
  )
}

function FilterField({ field }: { field: Field }): JSX.Element {
  return (
    <label class="record-field" data-field={field}>
      <span>{t(LABELS[field])}</span>
      <input
        class="field"
        autocomplete="off"
        inputmode={field === 'after' || field === 'before' ? 'numeric' : 'text'}
        value={filter.value[field] ?? ''}
        onInput={(event) => (filter.value = { ...filter.value, [field]: event.currentTarget.value })}
      />
    </label>
  )
}

async function check(): Promise<void> {
  if (verified.value === 'checking') return
  verified.value = 'checking'
  verified.value = (await postBody<Verified>('audit/verify')) ?? 'unreadable'
}

function Verification(): JSX.Element | null {
  const found = verified.value
  if (found === null) return null
  if (found === 'checking') {
    return (
      <p class="record-check" role="status">
        <Icon name="ring" turning /> {t('asked.any')}
      </p>
    )
  }
  if (found === 'unreadable') {
    return (
      <p class="record-check record-bad" role="alert">
        <Icon name="warn" /> {t('record.unreadable')}
      </p>
    )
  }
  return (
    <div class="record-check" data-sound={found.sound} role="status">
      <Icon name={found.sound ? 'check' : 'warn'} />
      <div>
        {verifiedWords(found).map((line) => (
          <p key={line}>{line}</p>
        ))}
        {found.unproved.length > 0 && (
          <>
            <p class="record-unproved">{t('record.unproved')}</p>
            <ul class="record-unproved">
              {found.unproved.map((code) => (
                <li key={code}>{word('unproved', code)}</li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  )
}

function Rows(): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys
    <div class="table-place" tabIndex={0} role="region" aria-label={t('record.title')}>
      <table class="table record-table">
        <thead>
          <tr>
            <th>{t('record.number')}</th>
            <th>{t('admin.time')}</th>
            <th>{t('record.who')}</th>
            <th>{t('record.act')}</th>
            <th>{t('record.what')}</th>
            <th>{t('record.result')}</th>
            <th>{t('record.detail')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.value.map((row) => (
            <Row key={row.seq} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ row }: { row: RecordRow }): JSX.Element {
  return (
    <tr data-kind={row.kind} data-seq={row.seq}>
      <th scope="row">{row.seq}</th>
      <td class="record-short">{when(row.wall)}</td>
      <td>
        {row.actor || '—'}
        {row.addr && <small>{row.addr}</small>}
      </td>
      <td>
        {word('act', row.act)}
        <small>{row.act}</small>
      </td>
      <td>{row.obj || '—'}</td>
      <td>{resultWords(row)}</td>
      <td class="record-detail">{detailText(row.detail)}</td>
    </tr>
  )
}
