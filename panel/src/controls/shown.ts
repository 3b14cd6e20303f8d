import { clockTime, codeWords, number, t, word } from '../i18n/t'
import type { PointBody, PointShape, Quality } from '../wire/wire.gen'

export type Value = PointBody['value']

/** A point as it is drawn now. */
export interface Shown {
  readonly value: Value
  readonly quality: Quality
  /** What was asked for, while pending. */
  readonly desired: Value
  /** When it was reported, seconds since 1970. */
  readonly ts: number
  /** The page has no connection: whatever is drawn was true at `ts`, and nothing can be asked. */
  readonly old: boolean
}

/** How a command ended, as the control needs it. */
export interface Ended {
  readonly outcome: string
  readonly code: string | null
  readonly params: Readonly<Record<string, unknown>>
}

export const NOTHING: Shown = { value: null, quality: 'unknown', desired: null, ts: 0, old: false }

/** Put together what the device reported, what this page asked, and whether the page is old. */
export function show(body: PointBody | null, wished: { value: Value } | null, stale: boolean): Shown {
  const told: Shown = body
    ? { value: body.value, quality: body.quality, desired: body.desired ?? null, ts: body.ts, old: false }
    : NOTHING
  if (stale) return { ...told, quality: told.value === null ? 'unknown' : 'stale', old: true }
  if (wished && told.quality !== 'pending' && !fulfils(told, wished.value))
    return { ...told, quality: 'pending', desired: wished.value }
  return told
}

const TRUE = new Set<Quality>(['confirmed', 'observed', 'assumed'])

/** Whether the device says already what was wished, before the command's own end is known. */
function fulfils(told: Shown, wish: Value): boolean {
  if (!TRUE.has(told.quality)) return false
  return (
    told.value === wish || (wish === true && told.value === 'on') || (wish === false && told.value === 'off')
  )
}

/** Whether a tap may act: with pending it is ignored, with stale it tells why. */
export function acts(shown: Shown): boolean {
  return !isDead(shown) && shown.quality !== 'pending'
}

/** Whether nothing can be asked at all: the device or the connection is gone. A tap tells why. */
export function isDead(shown: Shown): boolean {
  return shown.old || shown.quality === 'stale'
}

/** Whether a toggle must be split in two: there is no truth that it could invert. */
export function isSplit(shown: Shown): boolean {
  return shown.quality === 'unknown' || shown.quality === 'suspect'
}

const ON = new Set<Value>([true, 'on', 'warming'])

/** Whether a value means switched on. */
export function isOn(value: Value): boolean {
  return ON.has(value)
}

/** A value in words, with its unit. `switched`: true and false are on and off. */
export function valueText(value: Value, shape: PointShape | null, switched: boolean): string {
  if (value === null) return '—'
  if (typeof value === 'boolean') {
    return switched ? t(value ? 'power.on' : 'power.off') : word('value', String(value))
  }
  if (typeof value === 'string') return value === '' ? '—' : word('value', value)
  const text = number(value)
  const unit = shape?.unit
  if (!unit) return text
  return unit === '%' ? `${text}%` : `${text} ${unit}`
}

/** The whole line under a control: value and how far it can be trusted. */
export function stateText(shown: Shown, text: (value: Value) => string, control: boolean): string {
  const value = text(shown.value)
  const time = clockTime(shown.ts)
  switch (shown.quality) {
    case 'confirmed':
      return value
    case 'observed':
      return control ? t('quality.observed', { value, time }) : t('quality.reported', { value, time })
    case 'assumed':
      return t('quality.assumed', { value })
    case 'pending':
      return ON_THE_WAY.has(shown.value) ? `${value}…` : askedText(shown.desired, text)
    case 'stale':
      return t(shown.old ? 'quality.old' : 'quality.stale', { value, time })
    case 'unknown':
      return t('quality.unknown')
    case 'suspect':
      return control ? t('quality.suspect') : t('quality.suspectRead', { value })
    default:
      return t('quality.unknown')
  }
}

/** Values that say themselves what is going on. */
const ON_THE_WAY = new Set<Value>(['warming', 'cooling', 'opening', 'closing'])

function askedText(desired: Value, text: (value: Value) => string): string {
  if (desired === null) return t('asked.any')
  if (desired === true || desired === 'on') return t('asked.on')
  if (desired === false || desired === 'off') return t('asked.off')
  return t('asked.set', { value: text(desired) })
}

/** The words for a code, and whom to ask where only an administrator can help; null without words. */
export function whyWords(code: string | null, params: Ended['params']): string | null {
  const words = code === null ? null : codeWords(code, params)
  return words !== null && params.latched === true ? `${words}${t('latch.call')}` : words
}

/** An end in words; null where nothing needs saying because the point itself has changed. */
export function endText(ended: Ended): string | null {
  const why = whyWords(ended.code, ended.params)
  switch (ended.outcome) {
    case 'confirmed':
    case 'sent':
      return null
    case 'superseded':
      return null
    case 'refused':
      return t('outcome.refusedSay', { say: why ?? ended.code ?? '' })
    case 'timeout':
      return t('outcome.retry')
    case 'offline':
      return t('outcome.offlineNow')
    case 'expired':
    case 'cancelled':
      return codeWords(`outcome.${ended.outcome}`, {})
    case 'lost':
    case 'notsent':
      return why
    default:
      return t('outcome.failedWhy', { why: why ?? ended.code ?? ended.outcome })
  }
}
