import { expect, test } from 'vitest'

const sheets = import.meta.glob('../**/*.css', { query: '?raw', import: 'default', eager: true }) as Record<
  string,
  string
>
const tokens = sheets['./tokens.css'] ?? ''

type Theme = 'light' | 'dark'

function colour(name: string, theme: Theme): string {
  const found = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(tokens)
  if (!found) throw new Error(`no colour ${name}`)
  return (theme === 'light' ? found[1] : found[2]) ?? ''
}

function luminance(hex: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
  const [r = 0, g = 0, b = 0] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string, theme: Theme): number {
  const [dark = 0, light = 0] = [luminance(colour(one, theme)), luminance(colour(other, theme))].sort(
    (a, b) => a - b,
  )
  return (light + 0.05) / (dark + 0.05)
}

const TEXT: [string, string][] = [
  ...['fg', 'mut', 'acc', 'ok', 'warn', 'bad'].flatMap((name): [string, string][] => [
    [name, 'card'],
    [name, 'panel'],
    [name, 'bg'],
  ]),
  ['on-fg', 'on'],
  ['warn-fg', 'warn'],
  ['stop-fg', 'stop'],
]
const EDGES: [string, string][] = [
  ['edge', 'card'],
  ['edge', 'panel'],
  ['edge', 'bg'],
  ['acc', 'card'],
  ['warn', 'card'],
  ['bad', 'card'],
  ['on-edge', 'card'],
  ['on-fg', 'on'],
]

for (const theme of ['dark', 'light'] as const) {
  test.each(TEXT)(`${theme}: text %s on %s has at least 4.5`, (text, ground) => {
    expect(contrast(text, ground, theme)).toBeGreaterThanOrEqual(4.5)
  })
  test.each(EDGES)(`${theme}: edge %s on %s has at least 3`, (edge, ground) => {
    expect(contrast(edge, ground, theme)).toBeGreaterThanOrEqual(3)
  })
}

test('colours stand only in tokens.css', () => {
  const found = Object.entries(sheets).filter(
    ([path, text]) => path !== './tokens.css' && /#[0-9a-f]{3,8}\b|rgba?\(/i.test(text),
  )
  expect(found.map(([path]) => path)).toEqual([])
})

test('every token that is used exists, and every colour has two themes', () => {
  const known = new Set(
    [
      ...Object.values(sheets)
        .join('\n')
        .matchAll(/(--[a-z-]+):/g),
    ].map((match) => match[1]),
  )
  const used = [
    ...Object.values(sheets)
      .join('\n')
      .matchAll(/var\((--[a-z-]+)/g),
  ].map((match) => match[1])
  expect([...new Set(used.filter((name) => !known.has(name)))]).toEqual([])
})

test('no target is smaller than 48 px', () => {
  expect(tokens).toContain('--touch-min: 48px')
  expect(tokens).toContain('--touch: 3.2942rem')
})
