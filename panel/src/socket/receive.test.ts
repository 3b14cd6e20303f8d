import { beforeEach, expect, test } from 'vitest'
import { begin, newestOf } from '../store/commands'
import { countdown } from '../store/countdown'
import { point } from '../store/points'
import { room } from '../store/room'
import { beginScene, forgetRuns, runOf } from '../store/runs'
import { complaint, connection, ignored, stale, stop, stopAnswers, stopHeard } from '../store/session'
import { receive } from './receive'

const extra = {}
const snapshot = {
  type: 'snapshot',
  seq: 7,
  room: { build: 'b', language: 'zh', devices: [], zones: [] },
  points: { 'lamp.power': { value: true, quality: 'confirmed', ts: 1 } },
}

beforeEach(() => {
  ignored.value = 0
  connection.value = 'connecting'
})

test('a snapshot makes the page true and gives its number', () => {
  stale.value = true
  expect(receive(snapshot, extra)).toBe(7)
  expect(room.value?.build).toBe('b')
  expect(point('lamp.power').value?.value).toBe(true)
  expect([connection.value, stale.value]).toEqual(['up', false])
})

test('an outcome ends its command, and is told for holds', () => {
  const asked = begin('lamp', 'power', 'on', {})
  const told: string[] = []
  receive(
    { type: 'outcome', id: asked.id, outcome: 'refused', code: 'not_allowed', params: {}, tx: 0, ms: 1 },
    { outcome: (id) => told.push(id) },
  )
  expect(newestOf('lamp', 'power').value?.end?.code).toBe('not_allowed')
  expect(told).toEqual([asked.id])
})

test('the answer to STOP is kept, and motion that changes shows that it was heard', () => {
  stopHeard.value = false
  receive(
    { type: 'patch', seq: 8, points: { 'lift.moving': { value: 'none', quality: 'assumed', ts: 1 } } },
    extra,
  )
  expect(stopHeard.value).toBe(true)
  receive({ type: 'stopped', devices: { lift: { outcome: 'sent', code: null } } }, extra)
  expect(stop.value).toBe('answered')
  expect(stopAnswers.value.lift?.outcome).toBe('sent')
})

test.each([null, 3, 'text', [], {}, { type: 'nobody_knows' }, { type: 'snapshot' }, { type: 'toString' }])(
  'what is not understood is counted: %j',
  (body) => {
    expect(receive(body, extra)).toBeNull()
    expect(ignored.value).toBe(1)
  },
)

test('errors and farewells are shown', () => {
  receive({ type: 'bye', code: 'slow' }, extra)
  expect(complaint.value?.code).toBe('slow')
})

test('a run is known, and a scene’s outcome ends the wish and no command', () => {
  forgetRuns()
  const body = { run: 'r1', scene: 'film', kind: 'scene', state: 'running', result: null, by: 'x' }
  receive({ type: 'run', ...body, done: 1, total: 3, steps: [], hold: null }, extra)
  expect(runOf('film')?.done).toBe(1)
  expect(ignored.value).toBe(0)
  const ends: string[] = []
  const id = beginScene('film', 'run', (end) => ends.push(end.outcome))
  receive({ type: 'outcome', id, outcome: 'refused', code: 'preflight', params: {}, tx: 0, ms: 1 }, extra)
  expect(ends).toEqual(['refused'])
})

test('a room that was left counts down until somebody is there', () => {
  receive({ type: 'countdown', scene: 'end', seconds: 12 }, extra)
  expect(countdown.value).toEqual({ scene: 'end', seconds: 12 })
  receive({ type: 'countdown', scene: 'end', seconds: null }, extra)
  expect(countdown.value).toBeNull()
})
