import { effect } from '@preact/signals'
import { expect, test } from 'vitest'
import type { PointBody } from '../wire/wire.gen'
import { point, takePatch, takeSnapshot } from './points'

const body = (value: PointBody['value']): PointBody => ({ value, quality: 'confirmed', ts: 1 })

test('a patch changes only what it names', () => {
  takeSnapshot({ 'a.power': body(true), 'b.power': body(true) })
  let drawn = 0
  const end = effect(() => {
    void point('b.power').value
    drawn += 1
  })
  takePatch({ 'a.power': body(false) }, (draw) => draw())
  expect(point('a.power').value?.value).toBe(false)
  expect(drawn).toBe(1)
  end()
})

test('all patches of one frame are drawn once, the newest value wins', () => {
  const frames: (() => void)[] = []
  takePatch({ 'c.level': body(1) }, (draw) => frames.push(draw))
  takePatch({ 'c.level': body(2) }, (draw) => frames.push(draw))
  expect(frames).toHaveLength(1)
  expect(point('c.level').value).toBeNull()
  for (const draw of frames) draw()
  expect(point('c.level').value?.value).toBe(2)
})

test('a snapshot forgets points that no longer exist', () => {
  takeSnapshot({ 'd.power': body(true) })
  takeSnapshot({ 'e.power': body(true) })
  expect(point('d.power').value).toBeNull()
})

test('a snapshot and patches give the same as the state itself', () => {
  takeSnapshot({ x: body(0), y: body(0) })
  for (let n = 1; n <= 50; n += 1) takePatch({ [n % 2 ? 'x' : 'y']: body(n) }, (draw) => draw())
  expect([point('x').value?.value, point('y').value?.value]).toEqual([49, 50])
})
