import { codeWords, locale, number, t, word } from '../i18n/t'

/** One row of the operation record, as far as it is shown; its own language is the record's. */
export interface RecordRow {
  readonly seq: number
  readonly wall: string
  readonly kind: string
  readonly act: string
  readonly actor: string
  readonly role?: string
  readonly addr: string
  readonly obj: string
  readonly result: string
  readonly reason: string
  readonly detail: Readonly<Record<string, unknown>>
}

/** What came of a check of the whole chain. */
export interface Verified {
  readonly sound: boolean
  readonly rows: number
  readonly last: number | null
  readonly bad: number | null
  readonly reason: string | null
  readonly sealed_from: number | null
  readonly checkpoint: number | null
  readonly unproved: readonly string[]
}

export const FIELDS = ['actor', 'device', 'act', 'after', 'before'] as const
export type Field = (typeof FIELDS)[number]
export type Filter = Readonly<Partial<{ [F in Field]: string }>>

/** Above every number that a row can have: with it the newest come first. */
const ALL = '999999999999999'
export const PAGE = 50

/** The query for the rows below `below`, the newest first; null: from the newest on. */
export function query(filter: Filter, below: number | null): string {
  const found = new URLSearchParams()
  for (const field of FIELDS) {
    const text = clean(field, filter[field])
    if (text && field !== 'before') found.set(field, text)
  }
  found.set('before', below === null ? clean('before', filter.before) || ALL : String(below))
  found.set('limit', String(PAGE))
  return found.toString()
}

const NUMBERS = new Set<Field>(['after', 'before'])

/** What is no number where one is needed counts as left out. */
function clean(field: Field, text: string | undefined): string {
  const bare = (text ?? '').trim()
  return NUMBERS.has(field) && !/^\d{1,15}$/.test(bare) ? '' : bare
}

/** The filter that an address holds (`?actor=…`). */
export function filterIn(search: string): Filter {
  const given = new URLSearchParams(search)
  return Object.fromEntries(FIELDS.flatMap((f) => (given.get(f) ? [[f, given.get(f)]] : [])))
}

/** The address of a filter, so that it can be kept and passed on. */
export function searchOf(filter: Filter): string {
  const kept = FIELDS.flatMap((f) => {
    const text = clean(f, filter[f])
    return text ? [[f, text]] : []
  })
  const text = new URLSearchParams(kept).toString()
  return text ? `?${text}` : ''
}

/** How it ended, in words; a request that is going on says that it was asked. */
export function resultWords(row: RecordRow): string {
  if (row.result === '') return row.kind === 'asked' ? t('record.asked') : '—'
  const how = codeWords(`outcome.${row.result}`, {}) ?? word('result', row.result)
  return row.reason === '' ? how : `${how} (${row.reason})`
}

/** When it was, by the room's own clock, to the second. */
export function when(wall: string): string {
  const at = new Date(wall)
  if (Number.isNaN(at.getTime())) return wall
  const form = { dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' } as const
  return new Intl.DateTimeFormat(locale.value, form).format(at)
}

/** The rest of a row: what was before and after, arguments. */
export function detailText(detail: RecordRow['detail']): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ')
}

/** What a check found, one sentence a line; the first says whether the record is sound. */
export function verifiedWords(found: Verified): string[] {
  const lines = found.sound
    ? [t('record.sound', { rows: number(found.rows), last: String(found.last ?? 0) })]
    : [t('record.bad', { n: String(found.bad ?? 0), why: word('reason', found.reason ?? '') })]
  if (found.sealed_from !== null) lines.push(t('record.sealed', { n: String(found.sealed_from) }))
  if (found.checkpoint !== null) lines.push(t('record.checkpoint', { n: String(found.checkpoint) }))
  return lines
}
