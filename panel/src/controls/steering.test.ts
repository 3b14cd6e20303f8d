import { expect, test } from 'vitest'
import { direction } from './steering'

test('the dead zone is wider from outside than from inside', () => {
  expect(direction(0.1, 0, false)).toBeNull()
  expect(direction(0.1, 0, true)).not.toBeNull()
  expect(direction(0.07, 0, true)).toBeNull()
})

test('up on the glass is up for the camera, and speed is the radius', () => {
  expect(direction(0, -1, false)).toEqual({ pan: 0, tilt: 1, zoom: 0 })
  expect(direction(0.5, 0, false)).toEqual({ pan: 0.5, tilt: 0, zoom: 0 })
})

test('beyond the rim is full speed, no more', () => {
  const drive = direction(3, 3, false)
  expect(Math.hypot(drive?.pan ?? 0, drive?.tilt ?? 0)).toBeLessThanOrEqual(1.01)
})
