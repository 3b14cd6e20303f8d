import { computed, signal } from '@preact/signals'
import type { Words } from '../wire/wire.gen'
import { codes } from './codes.gen'
import { en } from './en'
import { type Messages, zh } from './zh'

export type Language = 'zh' | 'en'

/** The chosen language; every text on the page follows it at once. */
export const language = signal<Language>('zh')
/** The same as a value for `lang` attributes and `Intl`. */
export const locale = computed(() => (language.value === 'zh' ? 'zh-CN' : 'en'))

type Key = keyof Messages
type Params<K extends Key> = Messages[K] extends (params: infer P) => string ? [params: P] : []

/** The text of a key in the chosen language. */
export function t<K extends Key>(key: K, ...params: Params<K>): string {
  const text: unknown = (language.value === 'zh' ? zh : en)[key]
  return typeof text === 'function' ? String(text(params[0])) : String(text)
}

/** A word of the field (`name.power`, `value.hdmi` of `hdmi2`), else the wire's own word. */
export function word(
  group: 'name' | 'value' | 'kind' | 'state' | 'role' | 'result' | 'act' | 'reason' | 'unproved',
  id: string,
): string {
  const found = listed(group, id)
  if (found !== null) return found
  const [, stem, count] = /^([a-z_]+?)_?(\d+)$/.exec(id) ?? []
  const named = stem === undefined ? null : listed(group, stem)
  return named === null ? id.replaceAll('_', ' ') : `${named} ${count}`
}

function listed(group: string, id: string): string | null {
  const key = `${group}.${id}`
  const text: unknown = (language.value === 'zh' ? zh : en)[key as Key] ?? tables[language.value][key]
  return typeof text === 'string' ? text : null
}

/** A text in two languages, as the room file writes it. */
export function say(words: Words | null | undefined): string {
  return words ? words[language.value] : ''
}

const tables: { zh: Record<string, string>; en: Record<string, string> } = {
  zh: { ...codes.zh },
  en: { ...codes.en },
}

/** Add words that not every page needs. */
export function addCodes(more: typeof codes): void {
  Object.assign(tables.zh, more.zh)
  Object.assign(tables.en, more.en)
}

/** The words for a code, or null where there are none; a missing parameter leaves a dash. */
export function codeWords(code: string, params: Readonly<Record<string, unknown>>): string | null {
  const table: Readonly<Record<string, string>> = tables[language.value]
  const special = Object.keys(params)
    .sort()
    .map((name) => `${code}.${name}`)
    .find((key) => Object.hasOwn(table, key))
  const text = Object.hasOwn(table, special ?? code) ? table[special ?? code] : undefined
  return text === undefined ? null : text.replace(/\{(\w+)\}/g, (_, name: string) => param(params[name]))
}

function param(value: unknown): string {
  if (value === null || value === undefined) return '—'
  if (typeof value === 'object') return say(value as Words) || '—'
  return typeof value === 'number' ? number(value) : String(value)
}

/** A number as people of this language write it, with at most `digits` decimals. */
export function number(value: number, digits = 1): string {
  return new Intl.NumberFormat(locale.value, { maximumFractionDigits: digits }).format(value)
}

/** Time of day, 24 hours; `at` in seconds since 1970. */
export function clockTime(at: number, seconds = false): string {
  const form: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
  if (seconds) form.second = '2-digit'
  return new Intl.DateTimeFormat(locale.value, form).format(new Date(at * 1000))
}

/** Date with the day of the week. */
export function longDate(at: number): string {
  const form: Intl.DateTimeFormatOptions = { month: 'long', day: 'numeric', weekday: 'long' }
  return new Intl.DateTimeFormat(locale.value, form).format(new Date(at * 1000))
}
