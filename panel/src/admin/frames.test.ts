import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { TraceMessage } from '../wire/wire.gen'
import { changed, clearFrames, count, inWords, matching, paused, takeFrame } from './frames'

const frame = (more: Partial<TraceMessage>): TraceMessage => ({
  type: 'trace',
  ts: 0,
  link: 'lift_bus',
  device: 'lift.left',
  direction: 'tx',
  hex: 'ff 01',
  ascii: '..',
  topic: '',
  text: 'up',
  command: '',
  dropped: 0,
  ...more,
})

beforeEach(() => {
  vi.useFakeTimers()
  clearFrames()
  paused.value = false
})
afterEach(() => {
  vi.useRealTimers()
})

test('a thousand frames in a second are drawn at most twenty times', () => {
  const before = changed.value
  for (let n = 0; n < 1000; n += 1) {
    takeFrame(frame({ ts: n }))
    vi.advanceTimersByTime(1)
  }
  vi.advanceTimersByTime(100)
  expect(changed.value - before).toBeLessThanOrEqual(21)
})

test('no more than about ten thousand are kept', () => {
  for (let n = 0; n < 12_000; n += 1) takeFrame(frame({}))
  expect(count()).toBeLessThanOrEqual(10_500)
})

test('a device and a text choose, newest last', () => {
  takeFrame(frame({ ts: 1 }))
  takeFrame(frame({ ts: 2, device: 'lift.right' }))
  takeFrame(frame({ ts: 3, text: 'down' }))
  expect(matching('lift.left', '', 9).map((f) => f.ts)).toEqual([1, 3])
  expect(matching('', 'DOWN', 9).map((f) => f.ts)).toEqual([3])
  expect(matching('', '', 1).map((f) => f.ts)).toEqual([3])
})

test('a frame is one line with time, device, direction, bytes and meaning', () => {
  expect(inWords(frame({ ts: 1.25 }))).toBe('00:00:01.250  lift.left  ->  ff 01  up')
})
