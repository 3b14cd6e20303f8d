import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../controls/icons'
import { codeWords, say, t } from '../i18n/t'
import { named } from '../store/names'
import { room } from '../store/room'
import { askedScenes, isCurrent, type Run, runningOf, runs } from '../store/runs'
import type { SceneShape } from '../wire/wire.gen'
import { openPlan, problem, runScene } from './plan_sheet'
import { openRun, RunActions, useSecond } from './run_sheet'
import { badCount, runWords, undoLeft } from './steps'
import './scenes.css'

const LOOK_MS = 600

/** All scenes of the room, in its order, and what became of the newest one. */
export function Scenes(): JSX.Element | null {
  const scenes = room.value?.scenes ?? []
  if (scenes.length === 0) return null
  return (
    <div class="scenes-place">
      <nav class="scenes" aria-label={t('scene.label')}>
        {scenes.map((scene) => (
          <SceneButton key={scene.id} scene={scene} />
        ))}
      </nav>
      <Notice />
    </div>
  )
}

/** A tap runs a scene, or shows how it goes; a long press tells what it would do. */
function SceneButton({ scene }: { scene: SceneShape }): JSX.Element {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const looked = useRef(false)
  const pressed = useRef(false)
  useEffect(() => () => clearTimeout(timer.current), [])
  const run = runningOf(scene.id)
  const busy = askedScenes.value.has(scene.id)
  const tap = (event: MouseEvent) => {
    // The click with which a long press ends; one without a pointer is a key's.
    if (looked.current && event.detail > 0) looked.current = false
    else if (run) openRun(scene.id)
    else if (busy) return
    else if (scene.confirm) openPlan(scene.id, true)
    else runScene(scene.id)
  }
  const look = () => {
    looked.current = true
    openPlan(scene.id, false)
  }
  const press = (event: PointerEvent) => {
    looked.current = false
    if (event.button !== 0) return
    pressed.current = true
    timer.current = setTimeout(look, LOOK_MS)
  }
  const release = () => {
    pressed.current = false
    clearTimeout(timer.current)
  }
  return (
    <button
      type="button"
      class="scene"
      data-current={isCurrent(scene.id) && !run}
      data-state={run?.state ?? (busy ? 'asked' : 'free')}
      aria-busy={run !== null || busy}
      onPointerDown={press}
      onPointerUp={release}
      onPointerCancel={release}
      onPointerLeave={release}
      onContextMenu={(event) => {
        event.preventDefault()
        // A finger that rests: the timer tells. A key or the other mouse button: at once.
        if (!pressed.current) openPlan(scene.id, false)
      }}
      onClick={tap}
    >
      <span class="scene-name">{say(scene.name)}</span> <Note scene={scene.id} run={run} busy={busy} />
    </button>
  )
}

function Note({ scene, run, busy }: { scene: string; run: Run | null; busy: boolean }): JSX.Element | null {
  if (run?.state === 'waiting_hold') {
    return (
      <span class="scene-note">
        <Icon name="hand" /> {t('scene.toHold')}
      </span>
    )
  }
  if (run || busy) {
    return (
      <span class="scene-note">
        <Icon name="ring" turning /> {run ? `${run.done}/${run.total}` : ''}
      </span>
    )
  }
  return isCurrent(scene) ? <span class="scene-note">{t('scene.current')}</span> : null
}

// -- what became of it -----------------------------------------------------------------------------

const closed = signal<string | null>(null)

/** The newest run while something about it is to be said: it waits for a finger, or has just ended. */
function told(): Run | null {
  const newest = [...runs.value.values()].at(-1)
  if (!newest || newest.run === closed.value) return null
  if (newest.state === 'waiting_hold') return newest
  if (newest.endedAt === 0 || newest.result === 'superseded') return null
  return newest
}

function Notice(): JSX.Element | null {
  const run = told()
  const now = useSecond(run !== null && run.endedAt > 0)
  const why = problem.value
  if (why) {
    const words = codeWords(why.code, named(why.params)) ?? why.code
    return (
      <p class="notice" data-tone="bad" role="status">
        <Icon name="warn" /> <span class="notice-words">{words}</span>
      </p>
    )
  }
  if (!run) return null
  const bad = run.state === 'ended' && (run.result === 'failed' || badCount(run) > 0)
  const quiet =
    run.state === 'ended' && !bad && (run.kind === 'undo' ? now > run.endedAt + 5 : undoLeft(run, now) === 0)
  if (quiet) return null
  const icon = run.state === 'waiting_hold' ? 'hand' : bad ? 'warn' : 'check'
  return (
    <div class="notice" data-tone={bad ? 'bad' : 'plain'}>
      <Icon name={icon} />{' '}
      <span class="notice-words" role="status">
        {runWords(run)}
      </span>
      <button type="button" class="plain" onClick={() => openRun(run.scene)}>
        {t('scene.steps')}
      </button>
      <RunActions run={run} />
      {run.state === 'ended' && (
        <button
          type="button"
          class="plain notice-close"
          aria-label={t('sheet.close')}
          onClick={() => (closed.value = run.run)}
        >
          <Icon name="close" />
        </button>
      )}
    </div>
  )
}
