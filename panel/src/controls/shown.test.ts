import { beforeEach, expect, test } from 'vitest'
import { language } from '../i18n/t'
import type { OutcomeKind, PointBody, Quality } from '../wire/wire.gen'
import { acts, endText, isDead, isSplit, NOTHING, type Shown, show, stateText, valueText } from './shown'

const QUALITIES: Quality[] = ['confirmed', 'observed', 'assumed', 'pending', 'stale', 'unknown', 'suspect']
const OUTCOMES: OutcomeKind[] = [
  'confirmed',
  'sent',
  'refused',
  'superseded',
  'expired',
  'timeout',
  'offline',
  'cancelled',
  'failed',
]
const words = (value: Shown['value']) => valueText(value, null, true)
const body = (more: Partial<PointBody>): PointBody => ({ value: true, quality: 'confirmed', ts: 1, ...more })

beforeEach(() => {
  language.value = 'zh'
})

test.each(['zh', 'en'] as const)('in %s no two qualities read alike', (chosen) => {
  language.value = chosen
  const lines = QUALITIES.map((quality) => stateText({ ...NOTHING, value: true, quality }, words, true))
  expect(new Set(lines).size).toBe(QUALITIES.length)
})

test('a wish of this page is pending until the device fulfils it, and the value stays the report', () => {
  const asked = { value: false }
  expect(show(body({}), asked, false)).toMatchObject({ value: true, quality: 'pending', desired: false })
  expect(show(body({ value: false }), asked, false).quality).toBe('confirmed')
})

test('without a connection everything is old, and what was never known stays unknown', () => {
  expect(show(body({}), null, true).quality).toBe('stale')
  expect(show(body({ value: null, quality: 'unknown' }), null, true).quality).toBe('unknown')
})

test('without a connection nothing acts, also not what was never known, and no device is blamed', () => {
  const never = show(null, null, true)
  expect([acts(never), isDead(never)]).toEqual([false, true])
  const line = stateText(show(body({}), null, true), words, true)
  expect(line).toContain('时为开')
  expect(line).not.toContain('离线')
})

test('taps are ignored while pending and explained while stale; doubt splits a toggle', () => {
  const acting = QUALITIES.filter((quality) => acts({ ...NOTHING, quality }))
  expect(acting).toEqual(['confirmed', 'observed', 'assumed', 'unknown', 'suspect'])
  expect(QUALITIES.filter((quality) => isSplit({ ...NOTHING, quality }))).toEqual(['unknown', 'suspect'])
})

test('every outcome but a success or a replaced command is said', () => {
  const silent = OUTCOMES.filter((outcome) => endText({ outcome, code: null, params: {} }) === null)
  expect(silent).toEqual(['confirmed', 'sent', 'superseded'])
})

test('a refusal says the rule’s own sentence', () => {
  const ended = {
    outcome: 'refused',
    code: 'interlocked',
    params: { say: { zh: '大屏开着', en: 'Display is on' } },
  }
  expect(endText(ended)).toBe('不能执行：大屏开着')
  language.value = 'en'
  expect(endText(ended)).toBe('Not possible: Display is on')
})

test('an outcome or a code that is not known is a failure with the code', () => {
  expect(endText({ outcome: 'marvellous', code: null, params: {} })).toBe('执行失败：marvellous')
  expect(endText({ outcome: 'failed', code: 'new_code', params: {} })).toBe('执行失败：new_code')
})

test('sent is never said to be on', () => {
  expect(stateText({ ...NOTHING, value: true, quality: 'assumed' }, words, true)).toContain('已发送')
})

test('a display that warms up says so while it is being switched on', () => {
  const line = stateText({ ...NOTHING, value: 'warming', quality: 'pending', desired: 'on' }, words, true)
  expect(line).toBe('正在预热…')
})

test('values carry their unit, and what is missing is a dash', () => {
  expect(valueText(27.5, { type: 'number', unit: '°C' }, false)).toBe('27.5 °C')
  expect(valueText(55, { type: 'number', unit: '%' }, false)).toBe('55%')
  expect(valueText(null, null, false)).toBe('—')
  expect(valueText('HDMI1', null, false)).toBe('HDMI1')
})
