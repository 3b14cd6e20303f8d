import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keyValue, Slider, snap } from './slider'

let sent: number[]
let slider: Slider
const id = (n: number) => `c${n}`

beforeEach(() => {
  vi.useFakeTimers()
  sent = []
  slider = new Slider(
    (value) => {
      sent.push(value)
      return id(sent.length)
    },
    () => undefined,
  )
})

afterEach(() => {
  slider.dispose()
  vi.useRealTimers()
})

test('the thumb is the finger’s while it is down, whatever is reported', () => {
  slider.move(40)
  slider.answered(id(1), true)
  expect(slider.drawn(10)).toEqual({ thumb: 40, ghost: 10 })
  vi.advanceTimersByTime(5000)
  expect(slider.drawn(70).thumb).toBe(40)
})

test('at most 15 values a second are sent, and the last one always', () => {
  for (let n = 1; n <= 100; n += 1) {
    slider.move(n)
    vi.advanceTimersByTime(10)
  }
  slider.lift()
  expect(sent.length).toBeLessThanOrEqual(17)
  expect(sent.at(-1)).toBe(100)
})

test('after 600 ms and the answer to the last value, the report has the thumb again', () => {
  slider.step(40)
  vi.advanceTimersByTime(700)
  expect(slider.drawn(10).thumb).toBe(40)
  slider.answered(id(1), true)
  expect(slider.drawn(40)).toEqual({ thumb: 40, ghost: null })
  expect(slider.drawn(39).thumb).toBe(39)
})

test('an answer within the 600 ms waits for them', () => {
  slider.step(40)
  slider.answered(id(1), true)
  expect(slider.drawn(10).thumb).toBe(40)
  vi.advanceTimersByTime(600)
  expect(slider.drawn(10).thumb).toBe(10)
})

test('a refusal gives the thumb back at once', () => {
  slider.step(40)
  slider.answered(id(1), false)
  expect(slider.drawn(10)).toEqual({ thumb: 10, ghost: null })
})

test('the answer to an older value changes nothing', () => {
  slider.move(10)
  vi.advanceTimersByTime(100)
  slider.move(20)
  slider.lift()
  slider.answered(id(1), false)
  expect(slider.drawn(5).thumb).toBe(20)
})

test('values are on the steps of the range and within it', () => {
  const range = { min: 16, max: 30, step: 0.5 }
  expect([snap(20.3, range), snap(99, range), snap(-4, range)]).toEqual([20.5, 30, 16])
})

test('keys move by a step, a tenth, and to the ends', () => {
  const range = { min: 0, max: 100, step: 1 }
  const keys = ['ArrowUp', 'ArrowLeft', 'PageUp', 'PageDown', 'Home', 'End', 'x']
  expect(keys.map((key) => keyValue(key, 50, range))).toEqual([51, 49, 60, 40, 0, 100, null])
})
