import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { countdown, takeCountdown } from './countdown'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a countdown whose end was missed goes away by itself', () => {
  takeCountdown({ type: 'countdown', scene: 'end', seconds: 9 })
  vi.advanceTimersByTime(2000)
  takeCountdown({ type: 'countdown', scene: 'end', seconds: 8 })
  vi.advanceTimersByTime(2000)
  expect(countdown.value).toEqual({ scene: 'end', seconds: 8 })
  vi.advanceTimersByTime(1001)
  expect(countdown.value).toBeNull()
})
