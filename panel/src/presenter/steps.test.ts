import { beforeEach, expect, test } from 'vitest'
import { language } from '../i18n/t'
import { room } from '../store/room'
import type { Run } from '../store/runs'
import type { RoomShape, RunStep } from '../wire/wire.gen'
import { offerOf, offerWords } from './offer'
import {
  badCount,
  canRetry,
  doingWords,
  forecastLines,
  keptWords,
  runLines,
  runWords,
  undoLeft,
} from './steps'

const SAY = { zh: '正在放映，窗帘不能打开', en: 'The projector is on' }
const DENIED = {
  say: SAY,
  satisfy: true,
  plan: { steps: [{ device: 'beamer', command: 'power_off', args: {} }], timeout: 60 },
}

function step(changes: Partial<RunStep>): RunStep {
  return {
    step: '1',
    device: 'lamp',
    command: 'set',
    args: { level: 80 },
    outcome: 'confirmed',
    code: null,
    params: {},
    ms: 20,
    ...changes,
  }
}

function run(changes: Partial<Run>): Run {
  return {
    run: 'r1',
    scene: 'pause',
    kind: 'scene',
    state: 'ended',
    result: 'ok',
    by: 'x',
    done: 2,
    total: 2,
    steps: [],
    hold: null,
    endedAt: 100,
    waitsSince: null,
    ...changes,
  }
}

beforeEach(() => {
  language.value = 'en'
  room.value = {
    contact: null,
    scenes: [{ id: 'pause', name: { zh: '休息', en: 'Break' }, group: null, confirm: false, run: null }],
    zones: [{ id: 'all', name: { zh: '全部灯', en: 'All lights' }, devices: [] }],
    devices: [
      {
        id: 'lamp',
        name: { zh: '灯', en: 'Lamp' },
        points: { level: { type: 'int', unit: '%' }, power: { type: 'bool' } },
      },
      { id: 'beamer', name: { zh: '投影机', en: 'Projector' }, points: {} },
      { id: 'curtain.left', name: { zh: '窗帘', en: 'Curtain' }, points: {} },
    ],
  } as unknown as RoomShape
})

test.each([
  [{ device: 'lamp', command: 'set', args: { level: 80 } }, 'Lamp: Level 80%'],
  [{ device: 'lamp', command: 'set', args: { level: 0, power: true } }, 'Lamp: Level 0% · Power On'],
  [{ device: 'beamer', command: 'power_off', args: {} }, 'Projector: Power off'],
  [{ device: 'beamer', command: 'input', args: { input: 'hdmi2' } }, 'Projector: Input HDMI 2'],
  [{ device: 'all', command: 'off', args: {} }, 'All lights: Turn off'],
  [{ device: 'curtain.left.end', command: 'wait', args: {} }, 'Curtain: Wait'],
  [{ device: 'nobody', command: 'set', args: { x: [1] } }, 'nobody: x [1]'],
  [{ device: '', command: 'set', args: {} }, 'Set'],
])('a command in words: %j', (doing, words) => {
  expect(doingWords(doing)).toBe(words)
})

test('steps stand in the order of the room file, whatever ended first', () => {
  const places = ['10', '2.1', 'stop', '2', '1', '2.1.3'].map((place) =>
    step({ step: place, args: { level: 1 }, command: `c${place}` }),
  )
  const order = runLines(run({ steps: places })).map((line) => Number(line.key))
  expect(order.map((at) => places[at]?.step)).toEqual(['1', '2', '2.1', '2.1.3', '10', 'stop'])
})

test.each([
  [step({}), 'check', 'Done'],
  [step({ outcome: 'sent' }), 'check', 'Sent'],
  [step({ outcome: 'skipped' }), 'check', 'Is so already'],
  [
    step({ outcome: 'refused', code: 'interlocked', params: DENIED }),
    'lock',
    'Not possible: The projector is on',
  ],
  [
    step({ outcome: 'refused', code: 'interlocked', params: { ...DENIED, latched: true } }),
    'lock',
    'Not possible: The projector is on. Call the administrator.',
  ],
  [step({ outcome: 'timeout', code: 'wait_timeout', params: { seconds: 9 } }), 'warn', /9 s/],
  [step({ outcome: 'nobody_knows' }), 'warn', 'nobody_knows'],
] as const)('a step says what became of it', (one, icon, how) => {
  const line = runLines(run({ steps: [one] }))[0]
  expect(line?.icon).toBe(icon)
  if (typeof how === 'string') expect(line?.how).toBe(how)
  else expect(line?.how).toMatch(how)
})

test('stops of a cancelled run are no failed steps, and a wait cannot be asked for again', () => {
  const waited = step({ command: 'wait', outcome: 'timeout' })
  const stopped = step({ step: 'stop', outcome: 'failed' })
  expect(badCount(run({ steps: [waited, stopped, step({})] }))).toBe(1)
  expect(canRetry(run({ steps: [waited, stopped] }))).toBe(false)
  expect(canRetry(run({ steps: [step({ outcome: 'offline' })] }))).toBe(true)
  expect(canRetry(run({ state: 'running', steps: [step({ outcome: 'offline' })] }))).toBe(false)
})

test('a run can be taken back for ten seconds after this page saw its end', () => {
  expect(undoLeft(run({}), 100)).toBe(10)
  expect(undoLeft(run({}), 109.2)).toBe(1)
  expect(undoLeft(run({}), 110)).toBe(0)
  expect(undoLeft(run({ kind: 'undo' }), 100)).toBe(0)
  expect(undoLeft(run({ state: 'running', endedAt: 0 }), 5)).toBe(0)
})

test.each([
  [run({ state: 'running', done: 1, total: 3 }), 'Running “Break” 1/3'],
  [run({}), '“Break”: done'],
  [run({ kind: 'undo' }), '“Break” was undone'],
  [run({ result: 'partial', steps: [step({ outcome: 'offline' })] }), '“Break”: Done, 1 not completed'],
  [run({ result: 'cancelled', steps: [step({})] }), '“Break”: Cancelled, 1 of 2 were done'],
  [run({ result: 'superseded' }), '“Break”: Replaced by a newer scene'],
] as const)('a run in words', (one, words) => {
  expect(runWords(one)).toBe(words)
})

test('a dry run says of each step what would become of it', () => {
  const base = { step: '2', device: 'curtain.left', command: 'open', args: {} }
  const lines = forecastLines([
    { ...base, verdict: 'ok' },
    { ...base, verdict: 'will_be_refused', code: 'interlocked', params: DENIED },
    { ...base, verdict: 'offline', code: 'unreachable', params: {} },
    { ...base, verdict: 'nobody_knows' },
  ])
  expect(lines.map((line) => [line.icon, line.tone])).toEqual([
    ['check', 'good'],
    ['lock', 'bad'],
    ['offline', 'bad'],
    ['warn', 'bad'],
  ])
  expect(lines[1]?.how).toBe('Not possible: The projector is on')
})

test('what keeps a scene back names the step and says the rule’s sentence', () => {
  language.value = 'zh'
  const kept = { step: '2', device: 'curtain.left', command: 'open', args: {}, verdict: 'will_be_refused' }
  expect(keptWords({ ...kept, code: 'interlocked', params: DENIED })).toBe(
    '第 2 步将被拒绝：正在放映，窗帘不能打开',
  )
})

test('an offer is only what a rule offers, and is told as a whole', () => {
  expect(offerOf('owned', DENIED)).toBeNull()
  expect(offerOf('interlocked', { say: SAY })).toBeNull()
  const offer = offerOf('interlocked', DENIED)
  expect(offer && offerWords(offer, 'Curtain: Open')).toBe(
    'First Projector: Power off (up to 60 s), then Curtain: Open.',
  )
  const bare = offerOf('interlocked', { satisfy: true })
  expect(bare && offerWords(bare, 'Curtain: Open')).toBe('First what the rule needs, then Curtain: Open.')
})
