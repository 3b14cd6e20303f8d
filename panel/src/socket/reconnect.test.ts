import { expect, test } from 'vitest'
import { delay } from './reconnect'

test('attempts follow the schedule of all links, and the last one repeats', () => {
  const middle = () => 0.5
  expect([0, 1, 2, 3, 4, 5, 50].map((n) => delay(n, middle))).toEqual([
    200, 500, 1000, 2000, 5000, 5000, 5000,
  ])
})

test('each is spread by a fifth either way', () => {
  expect(delay(2, () => 0)).toBeCloseTo(800)
  expect(delay(2, () => 1)).toBeCloseTo(1200)
})
