import type { IconName } from '../controls/icons'
import { type Value, valueText, whyWords } from '../controls/shown'
import { codeWords, say, t, word } from '../i18n/t'
import { named } from '../store/names'
import { device, deviceOf, room } from '../store/room'
import { type Run, scene } from '../store/runs'
import type { RunBody, RunStep } from '../wire/wire.gen'

type Params = Readonly<Record<string, unknown>>

/** One command as a scene or a plan means it. */
export interface Doing {
  readonly device: string
  readonly command: string
  readonly args: Params
}

/** What would become of one command of a scene. */
export interface Forecast extends Doing {
  readonly step: string
  readonly verdict: string
  readonly code?: string
  readonly params?: Params
}

/** A line of a list of steps. */
export interface Line {
  readonly key: string
  readonly icon: IconName
  /** `good`, `bad`, or nothing of both. */
  readonly tone: 'good' | 'bad' | 'plain'
  readonly what: string
  readonly how: string
}

/** What people call a device or a zone; of a point that is waited for, its device. */
export function placeName(id: string): string {
  const zone = room.value?.zones.find((one) => one.id === id)
  const found = device(id) ?? deviceOf(id)
  return say(found?.name ?? zone?.name) || id
}

/** A command in words, with its device: `Stage lights: level 80%`. */
export function doingWords({ device: id, command, args }: Doing): string {
  const points = device(id)?.points ?? {}
  const given = Object.entries(args).map(([name, value]) => {
    const text = isValue(value) ? valueText(value, points[name] ?? null, true) : JSON.stringify(value)
    return name === command ? text : `${word('name', name)} ${text}`
  })
  const words = command === 'set' && given.length > 0 ? [] : [word('name', command)]
  const all = [...words, given.join(' · ')].filter((text) => text !== '').join(' ')
  return id === '' ? all : t('scene.doing', { device: placeName(id), what: all })
}

function isValue(value: unknown): value is Value {
  return value === null || ['boolean', 'number', 'string'].includes(typeof value)
}

const GOOD = new Set(['confirmed', 'sent', 'skipped'])

/** Whether nothing of a step is left to be done. */
export function isGood(step: RunStep): boolean {
  return GOOD.has(step.outcome)
}

/** How many steps of a run did not do what they should; the stops of a cancelled run are none of its steps. */
export function badCount(run: RunBody): number {
  return run.steps.filter((step) => !isGood(step) && step.step !== 'stop').length
}

/** Whether there is a command in a run that can be asked for again. */
export function canRetry(run: RunBody): boolean {
  const again = (step: RunStep) => step.device !== '' && step.command !== 'wait' && step.step !== 'stop'
  return run.state === 'ended' && run.steps.some((step) => !isGood(step) && again(step))
}

const UNDO_S = 10

/** Seconds for which a run can still be taken back; 0: not any more. */
export function undoLeft(run: Run, now: number): number {
  if (run.state !== 'ended' || run.kind === 'undo' || run.result === 'superseded') return 0
  return Math.max(0, Math.ceil(run.endedAt + UNDO_S - now))
}

/** The steps of a run that have ended, in the order of the room file. */
export function runLines(run: RunBody): Line[] {
  const inOrder = run.steps.map((step, at) => ({ step, at }))
  inOrder.sort((a, b) => byPlace(a.step.step, b.step.step) || a.at - b.at)
  return inOrder.map(({ step, at }) => ({
    key: String(at),
    icon: isGood(step) ? 'check' : step.outcome === 'refused' ? 'lock' : 'warn',
    tone: isGood(step) ? 'good' : 'bad',
    what: doingWords(step),
    how: outcomeWords(step),
  }))
}

/** `2` before `2.1` before `10`; what is no number comes last. */
function byPlace(a: string, b: string): number {
  const [left, right] = [a.split('.'), b.split('.')]
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = Number(left[i] ?? -1) - Number(right[i] ?? -1)
    if (Number.isNaN(difference)) return Number.isNaN(Number(left[i])) ? 1 : -1
    if (difference !== 0) return difference
  }
  return 0
}

function outcomeWords(step: RunStep): string {
  if (step.outcome === 'skipped') return t('scene.skipped')
  const words = why(step.code, step.device, { s: step.ms / 1000, ...step.params })
  if (step.outcome === 'refused') return t('outcome.refusedSay', { say: words ?? step.code ?? '' })
  return words ?? codeWords(`outcome.${step.outcome}`, {}) ?? step.outcome
}

function why(code: string | null | undefined, device: string, params: Params | undefined): string | null {
  return whyWords(code ?? null, named({ device, ...params }))
}

/** What a dry run found. */
export function forecastLines(found: readonly Forecast[]): Line[] {
  return found.map((one, at) => ({
    key: String(at),
    icon: ICONS[one.verdict] ?? 'warn',
    tone: one.verdict === 'ok' || one.verdict === 'skipped' ? 'good' : 'bad',
    what: doingWords(one),
    how: verdictWords(one),
  }))
}

const ICONS: Readonly<Record<string, IconName>> = {
  ok: 'check',
  skipped: 'check',
  will_be_refused: 'lock',
  cannot_tell: 'question',
  offline: 'offline',
}

function verdictWords(one: Forecast): string {
  const words = why(one.code, one.device, one.params) ?? one.code ?? one.verdict
  switch (one.verdict) {
    case 'ok':
      return t('scene.would')
    case 'skipped':
      return t('scene.skipped')
    case 'offline':
      return t('outcome.offlineNow')
    case 'cannot_tell':
      return t('scene.cannotTell', { why: words })
    default:
      return t('outcome.refusedSay', { say: words })
  }
}

/** The sentence for a step that keeps a scene from being run. */
export function keptWords(one: Forecast): string {
  const words = why(one.code, one.device, one.params) ?? one.code ?? ''
  return codeWords('preflight', { step: one.step, say: words }) ?? words
}

/** How a run goes or went, in words. */
export function runWords(run: RunBody): string {
  const name = say(scene(run.scene)?.name) || run.scene
  const { done, total } = run
  const n = badCount(run)
  if (run.state === 'waiting_hold') return t('scene.waits', { name })
  if (run.state === 'running') return t('scene.running', { name, done, total })
  switch (run.result) {
    case 'ok':
      return t(run.kind === 'undo' ? 'scene.undone' : 'scene.ok', { name })
    case 'partial':
      return t('scene.ended', { name, how: t('scene.partial', { n }) })
    case 'failed':
      return t('scene.ended', { name, how: codeWords('scene_failed', { failed: n }) ?? '' })
    case 'cancelled':
      return t('scene.ended', { name, how: t('scene.cancelled', { done: doneCount(run), total }) })
    default:
      return t('scene.ended', { name, how: word('result', run.result ?? '') })
  }
}

function doneCount(run: RunBody): number {
  return run.steps.filter((step) => isGood(step) && step.step !== 'stop').length
}
