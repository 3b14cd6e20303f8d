import { expect, test } from 'vitest'

const sources = import.meta.glob(['./**/*.ts', './**/*.tsx', '!./**/*.test.ts', '!./**/*.gen.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
}) as Record<string, string>

/** What each folder may import besides itself and packages. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  wire: [],
  i18n: ['wire'],
  store: ['wire'],
  socket: ['wire', 'store'],
  controls: ['wire', 'i18n'],
  shell: ['wire', 'i18n', 'store', 'socket', 'controls', 'styles'],
  presenter: ['wire', 'i18n', 'store', 'socket', 'controls', 'shell'],
  admin: ['wire', 'i18n', 'store', 'socket', 'controls', 'shell', 'presenter'],
  display: ['wire', 'i18n', 'store', 'shell'],
  join: ['wire', 'i18n', 'store', 'socket', 'shell'],
}

function folder(path: string): string {
  return path.split('/')[1] ?? ''
}

function* imports(path: string, text: string): Generator<string> {
  for (const [, named, bare] of text.matchAll(/from '(\.[^']+)'|import '(\.[^']+)'/g)) {
    const target = named ?? bare ?? ''
    yield target.startsWith('../') ? (target.split('/')[1] ?? '') : folder(path)
  }
}

test('each folder imports only from floors below its own', () => {
  const wrong = Object.entries(sources).flatMap(([path, text]) =>
    [...imports(path, text)]
      .filter((target) => target !== folder(path) && !ALLOWED[folder(path)]?.includes(target))
      .map((target) => `${path} imports ${target}`),
  )
  expect(wrong).toEqual([])
})

test('every folder has a floor', () => {
  expect(
    Object.keys(sources)
      .map(folder)
      .filter((name) => !(name in ALLOWED)),
  ).toEqual([])
})

test('only the socket opens connections', () => {
  const found = Object.keys(sources).filter(
    (path) => folder(path) !== 'socket' && /\bfetch\(|WebSocket\(/.test(sources[path] ?? ''),
  )
  expect(found).toEqual([])
})

test('nothing names an address outside of the room', () => {
  const found = Object.keys(sources).filter((path) => /https?:\/\//.test(sources[path] ?? ''))
  expect(found).toEqual([])
})
