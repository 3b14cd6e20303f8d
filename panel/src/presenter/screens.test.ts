import { expect, test } from 'vitest'
import type { DeviceShape } from '../wire/wire.gen'
import { screenIn, screenOf, screensOf } from './screens'

const of = (kind: string) => ({ kind }) as DeviceShape

test('only screens that have devices are offered, in their order', () => {
  expect(screensOf([of('camera'), of('light')])).toEqual(['home', 'lights', 'cameras'])
})

test('a kind that nobody knows stands under more', () => {
  expect(screenOf(of('fountain'))).toBe('more')
})

test('an address without a screen is home', () => {
  expect(['#lights', '#nothing', ''].map(screenIn)).toEqual(['lights', 'home', 'home'])
})
