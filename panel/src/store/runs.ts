import { computed, signal } from '@preact/signals'
import type { RunBody, SceneShape } from '../wire/wire.gen'
import { room } from './room'

/** A run, and what only this page knows of it. */
export type Run = RunBody & {
  /** When it was seen to end, seconds since 1970 on this device's own clock; 0: before this page looked. */
  readonly endedAt: number
  /** When it was seen to wait for a finger; null while it does not. */
  readonly waitsSince: number | null
}

/** What is asked of a scene: to run, or only what it would do. */
export type SceneAsk = 'run' | 'dry'

/** How a scene's wish ended: refused, looked at, or nobody knows. */
export interface SceneEnd {
  readonly scene: string
  readonly what: SceneAsk
  readonly outcome: string
  readonly code: string | null
  readonly params: Readonly<Record<string, unknown>>
}

const KEPT = 20

/** Runs by id, in the order in which they began. */
export const runs = signal<ReadonlyMap<string, Run>>(new Map())
/** Scenes that were asked for and of which nothing has been heard yet. */
export const askedScenes = signal<ReadonlySet<string>>(new Set())

const open = new Map<string, { scene: string; what: SceneAsk; ended: (end: SceneEnd) => void }>()
let count = 0

/** Take a run as it is now; `seen`: it came while this page looked. */
export function takeRun(body: RunBody, seen: boolean): void {
  const known = runs.value.get(body.run)
  if (known && (known.state === 'ended' || known.done > body.done)) return
  const now = Date.now() / 1000
  const ended = body.state === 'ended'
  const waits = body.state === 'waiting_hold' ? (known?.waitsSince ?? now) : null
  const next = new Map(runs.value).set(body.run, {
    ...body,
    endedAt: ended && seen ? now : 0,
    waitsSince: waits,
  })
  for (const id of [...next.keys()].slice(0, -KEPT)) next.delete(id)
  runs.value = next
  if (body.state !== 'ended') heard(body.scene)
}

/** Take a run back as this page had it. */
export function keepRun(run: Run): void {
  const rest = new Map(runs.value)
  rest.delete(run.run)
  runs.value = rest.set(run.run, run)
}

/** Forget all runs: another daemon may count anew. */
export function forgetRuns(): void {
  runs.value = new Map()
}

/** The newest run of each scene. */
const newest = computed(() => new Map([...runs.value.values()].map((run) => [run.scene, run])))

/** The newest run of a scene, or null. */
export function runOf(scene: string): Run | null {
  return newest.value.get(scene) ?? null
}

/** The run of a scene that goes on, or null. */
export function runningOf(scene: string): Run | null {
  const run = runOf(scene)
  return run && run.state !== 'ended' ? run : null
}

const DONE = new Set<RunBody['result']>(['ok', 'partial'])

/** The scene that each group stands at: the newest that was carried out. */
const current = computed(() => {
  const found = new Map<string, string>()
  for (const run of runs.value.values()) {
    const group = scene(run.scene)?.group
    if (!group || run.state !== 'ended') continue
    if (run.kind === 'undo') found.delete(group)
    else if (DONE.has(run.result)) found.set(group, run.scene)
  }
  return new Set(found.values())
})

/** Whether the room stands as this scene left it, as far as scenes go. */
export function isCurrent(id: string): boolean {
  return current.value.has(id)
}

/** A scene of the room, or null. */
export function scene(id: string): SceneShape | null {
  return room.value?.scenes.find((one) => one.id === id) ?? null
}

/** Note a wish that is about to be sent; returns its id. */
export function beginScene(id: string, what: SceneAsk, ended: (end: SceneEnd) => void): string {
  count += 1
  const ask = `s${count}`
  open.set(ask, { scene: id, what, ended })
  if (what === 'run') askedScenes.value = new Set(askedScenes.value).add(id)
  return ask
}

/** Note how a wish ended. Returns whether the id was a scene's. */
export function finishScene(
  id: string,
  end: { outcome: string; code: string | null; params: Readonly<Record<string, unknown>> },
): boolean {
  const asked = open.get(id)
  if (!asked) return false
  open.delete(id)
  heard(asked.scene)
  asked.ended({ scene: asked.scene, what: asked.what, ...end })
  return true
}

/** The connection broke: nobody says any more how the open wishes end; their runs are asked for anew. */
export function loseScenes(): void {
  open.clear()
  askedScenes.value = new Set()
}

function heard(id: string): void {
  if (!askedScenes.value.has(id)) return
  const rest = new Set(askedScenes.value)
  rest.delete(id)
  askedScenes.value = rest
}
