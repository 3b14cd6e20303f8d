import { beforeEach, expect, test } from 'vitest'
import { language } from '../i18n/t'
import { detailText, filterIn, query, resultWords, searchOf, verifiedWords, when } from './rows'
import { shownTab, tabsOf } from './tabs'

const ROW = {
  seq: 5,
  wall: '2026-11-26T07:56:19.505+08:00',
  kind: 'ended',
  act: 'device.command',
  actor: 'presenter',
  addr: '127.0.0.1',
  obj: 'curtain.left/open',
  result: 'refused',
  reason: 'interlocked',
  detail: {},
}
const SOUND = {
  sound: true,
  rows: 1200,
  last: 1200,
  bad: null,
  reason: null,
  sealed_from: null,
  checkpoint: null,
  unproved: ['no_key'],
}

beforeEach(() => {
  language.value = 'en'
})

test('the newest rows come first, and the next page stands below the last row', () => {
  expect(query({}, null)).toBe('before=999999999999999&limit=50')
  expect(query({ actor: ' admin ', before: '90' }, null)).toBe('actor=admin&before=90&limit=50')
  expect(query({ actor: 'admin', before: '90' }, 41)).toBe('actor=admin&before=41&limit=50')
})

test.each(['x', '-1', '1e3', '', '1234567890123456'])('a number that is none is left out: %j', (after) => {
  expect(query({ after }, null)).not.toContain('after')
  expect(searchOf({ after })).toBe('')
})

test('a filter survives in the address', () => {
  const filter = { actor: 'dev:tablet-1', act: 'device.command', after: '7' }
  expect(filterIn(searchOf(filter))).toEqual(filter)
  expect(filterIn('?nobody=1')).toEqual({})
})

test.each([
  [{}, 'Not possible (interlocked)'],
  [{ result: 'confirmed', reason: '' }, 'Done'],
  [{ result: 'partial', reason: '' }, 'Partly done'],
  [{ result: '', reason: '', kind: 'asked' }, 'asked'],
  [{ result: '', reason: '', kind: 'event' }, '—'],
])('a result in words: %j', (changes, words) => {
  expect(resultWords({ ...ROW, ...changes })).toBe(words)
})

test('a time that is none is shown as it stands', () => {
  expect(when('yesterday')).toBe('yesterday')
  expect(when(ROW.wall)).toContain(':19')
})

test('details are told whole', () => {
  expect(detailText({ before: { power: 'off' }, origin: 'scene' })).toBe(
    'before: {"power":"off"} · origin: scene',
  )
})

test('a check says whether the record is sound, else where and why not', () => {
  expect(verifiedWords(SOUND)).toEqual(['Sound: 1,200 rows, up to No. 1200, the chain is consistent.'])
  expect(verifiedWords({ ...SOUND, sound: false, bad: 17, reason: 'edited' })).toEqual([
    'Not sound from No. 17 on: contents were edited.',
  ])
  expect(verifiedWords({ ...SOUND, sealed_from: 3, checkpoint: 2 }).length).toBe(3)
})

test('the administrator has no record, and the auditor nothing else', () => {
  expect(tabsOf('admin')).not.toContain('record')
  expect(tabsOf('auditor')).toEqual(['record'])
  expect(shownTab('auditor', 'devices')).toBe('record')
  expect(shownTab('admin', 'record')).toBe('devices')
  expect(shownTab('presenter', 'record')).toBeNull()
})
