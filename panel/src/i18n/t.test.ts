import { expect, test } from 'vitest'
import { codes } from './codes.gen'
import { en } from './en'
import { codeWords, language, number, t, word } from './t'
import { zh } from './zh'

const sources = import.meta.glob(['../**/*.ts', '../**/*.tsx'], {
  query: '?raw',
  import: 'default',
  eager: true,
}) as Record<string, string>
const HAN = /\p{Script=Han}/u

test('no text is empty, in either language', () => {
  for (const table of [zh, en]) {
    for (const [key, text] of Object.entries(table)) expect(text, key).not.toBe('')
  }
})

test('both languages have words for the same codes', () => {
  expect(Object.keys(codes.en).sort()).toEqual(Object.keys(codes.zh).sort())
})

test('no page has Chinese of its own', () => {
  const found = Object.keys(sources).filter((path) => path.endsWith('.tsx') && HAN.test(sources[path] ?? ''))
  expect(found).toEqual([])
})

test('every key is used, by name or by its group', () => {
  const groups = ['name', 'value', 'kind', 'state', 'role', 'result', 'act', 'reason', 'unproved']
  const text = Object.entries(sources)
    .filter(([path]) => !/\/(zh|en)\.ts$|\.test\.ts$|\.gen\.ts$/.test(path))
    .map(([, source]) => source)
    .join('\n')
  const built = [...text.matchAll(/`([a-z]+\.)\$\{/g)].map((match) => match[1] ?? '')
  const unused = Object.keys(zh).filter(
    (key) =>
      !text.includes(`'${key}'`) &&
      !groups.includes(key.split('.')[0] ?? '') &&
      !built.some((prefix) => key.startsWith(prefix)),
  )
  expect(unused).toEqual([])
})

test('a text follows the chosen language', () => {
  language.value = 'zh'
  expect(t('faults.count', { n: 2 })).toBe('2 项故障')
  language.value = 'en'
  expect(t('faults.count', { n: 1 })).toBe('1 fault')
})

test('a code’s words take parameters in the chosen language; a missing one is a dash', () => {
  language.value = 'en'
  const params = { device: { zh: '灯', en: 'Lamp' }, s: 1.5, contact: null }
  expect(codeWords('no_reply', params)).toBe('Lamp did not answer in 1.5 s. Retry, or call —.')
  expect(codeWords('nobody_knows', {})).toBeNull()
})

test('the form with a parameter is used where that parameter is given', () => {
  language.value = 'en'
  expect(codeWords('unknown_device', { device: 'ligths', suggestion: 'lights' })).toContain(
    'did you mean lights',
  )
})

test('words of the field without a translation are shown as they are', () => {
  expect(word('value', 'HDMI_2')).toBe('HDMI 2')
  expect(word('value', 'digital2')).toBe('Digital 2')
  expect(number(1204)).toBe('1,204')
})
