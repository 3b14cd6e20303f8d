import { beforeEach, expect, test } from 'vitest'
import type { RoomShape, RunBody } from '../wire/wire.gen'
import { room } from './room'
import {
  askedScenes,
  beginScene,
  finishScene,
  forgetRuns,
  isCurrent,
  loseScenes,
  runningOf,
  runOf,
  runs,
  type SceneEnd,
  takeRun,
} from './runs'

function run(changes: Partial<RunBody>): RunBody {
  return {
    run: 'r1',
    scene: 'film',
    kind: 'scene',
    state: 'running',
    result: null,
    by: 'presenter',
    done: 0,
    total: 3,
    steps: [],
    hold: null,
    ...changes,
  }
}

beforeEach(() => {
  forgetRuns()
  loseScenes()
  const shape = { name: { zh: '', en: '' }, group: 'room', confirm: false, run: null }
  room.value = {
    scenes: [
      { id: 'film', ...shape },
      { id: 'pause', ...shape },
    ],
  } as unknown as RoomShape
})

test('a run goes on, ends, and nothing late brings it back', () => {
  takeRun(run({}), true)
  takeRun(run({ done: 2 }), true)
  takeRun(run({ done: 1 }), true)
  expect(runningOf('film')?.done).toBe(2)
  takeRun(run({ done: 3, state: 'ended', result: 'ok' }), true)
  takeRun(run({ done: 3 }), true)
  expect(runningOf('film')).toBeNull()
  expect(runOf('film')?.result).toBe('ok')
  expect(runOf('film')?.endedAt).toBeGreaterThan(0)
})

test('an end that this page did not see has no time', () => {
  takeRun(run({ state: 'ended', result: 'ok' }), false)
  expect(runOf('film')?.endedAt).toBe(0)
})

test('a late end of an older run does not hide the newer one', () => {
  takeRun(run({}), true)
  takeRun(run({ run: 'r2' }), true)
  takeRun(run({ state: 'ended', result: 'superseded' }), true)
  expect(runningOf('film')?.run).toBe('r2')
})

test('the newest carried out scene of a group is the current one, until it is taken back', () => {
  const end = { state: 'ended', result: 'ok' } as const
  takeRun(run(end), true)
  expect([isCurrent('film'), isCurrent('pause')]).toEqual([true, false])
  takeRun(run({ run: 'r2', scene: 'pause', state: 'ended', result: 'failed' }), true)
  expect([isCurrent('film'), isCurrent('pause')]).toEqual([true, false])
  takeRun(run({ run: 'r3', scene: 'pause', ...end, result: 'partial' }), true)
  expect([isCurrent('film'), isCurrent('pause')]).toEqual([false, true])
  takeRun(run({ run: 'r4', scene: 'pause', kind: 'undo', ...end }), true)
  expect([isCurrent('film'), isCurrent('pause')]).toEqual([false, false])
})

test('the wait for a finger is counted from when it was first seen', () => {
  takeRun(run({ state: 'waiting_hold', hold: { device: 'lift', command: 'up' } }), true)
  const since = runOf('film')?.waitsSince
  expect(since).toBeGreaterThan(0)
  takeRun(run({ state: 'waiting_hold', done: 1, hold: { device: 'lift', command: 'up' } }), true)
  expect(runOf('film')?.waitsSince).toBe(since)
  takeRun(run({ done: 2 }), true)
  expect(runOf('film')?.waitsSince).toBeNull()
})

test('only so many runs are kept', () => {
  for (let n = 0; n < 30; n += 1) takeRun(run({ run: `r${n}` }), true)
  expect(runs.value.size).toBe(20)
  expect(runOf('film')?.run).toBe('r29')
})

test('a scene is busy from the tap until something is heard of it', () => {
  const ends: SceneEnd[] = []
  const id = beginScene('film', 'run', (end) => ends.push(end))
  expect(askedScenes.value.has('film')).toBe(true)
  takeRun(run({}), true)
  expect(askedScenes.value.has('film')).toBe(false)
  expect(finishScene('c1', { outcome: 'confirmed', code: null, params: {} })).toBe(false)
  expect(finishScene(id, { outcome: 'refused', code: 'preflight', params: { step: '2' } })).toBe(true)
  expect(finishScene(id, { outcome: 'confirmed', code: null, params: {} })).toBe(false)
  expect(ends).toEqual([
    { scene: 'film', what: 'run', outcome: 'refused', code: 'preflight', params: { step: '2' } },
  ])
})

test('with the connection open wishes are gone', () => {
  const ends: SceneEnd[] = []
  const id = beginScene('film', 'run', (end) => ends.push(end))
  loseScenes()
  expect(askedScenes.value.size).toBe(0)
  expect(finishScene(id, { outcome: 'confirmed', code: null, params: {} })).toBe(false)
  expect(ends).toEqual([])
})
