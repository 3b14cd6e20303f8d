import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { HoldButton } from '../controls/button'
import { Icon } from '../controls/icons'
import { say, t } from '../i18n/t'
import { openSheet } from '../shell/sheet'
import { postRun } from '../socket/actions'
import { device } from '../store/room'
import { type Run, runOf, scene } from '../store/runs'
import { stale } from '../store/session'
import type { RunHold } from '../wire/wire.gen'
import { wayLabel } from './motion_control'
import { noteInterrupted } from './notes'
import { openKept, tellProblem } from './plan_sheet'
import { StepList } from './step_list'
import { canRetry, placeName, runLines, runWords, undoLeft } from './steps'
import { beginHold } from './use'

const HOLD_PATIENCE_S = 120

/** Show how the newest run of a scene goes. */
export function openRun(id: string): void {
  openSheet(
    () => say(scene(id)?.name) || id,
    () => <RunSheet scene={id} />,
  )
}

function RunSheet({ scene: id }: { scene: string }): JSX.Element | null {
  const run = runOf(id)
  if (!run) return <p>{t('scene.notRun')}</p>
  const left = run.total - run.done
  return (
    <div class="plan">
      <p role="status">{runWords(run)}</p>
      {run.hold && run.state === 'waiting_hold' && <HoldPart run={run} hold={run.hold} />}
      <StepList lines={runLines(run)} />
      {run.state === 'running' && left > 0 && (
        <p class="scene-step" data-tone="plain">
          <Icon name="ring" turning /> <span>{t('scene.left', { n: left })}</span>
        </p>
      )}
      <RunActions run={run} />
    </div>
  )
}

/** What a person has to hold before the run goes on. */
function HoldPart({ run, hold }: { run: Run; hold: RunHold }): JSX.Element {
  const now = useSecond(true)
  const shape = device(hold.device)
  const left = Math.max(0, Math.ceil((run.waitsSince ?? now) + HOLD_PATIENCE_S - now))
  return (
    <div class="plan-hold">
      <p>
        {t('scene.hold', { device: placeName(hold.device) })} {t('scene.holdLeft', { s: left })}
      </p>
      {shape && (
        <HoldButton
          label={wayLabel(shape.kind, hold.command, 'hold')}
          kind="motion"
          disabled={stale.value}
          begin={beginHold(shape, 'scene', hold.command, {})}
          onInterrupted={noteInterrupted}
        />
      )}
    </div>
  )
}

/** Cancel while it goes on; afterwards the failed steps again, and for ten seconds the way back. */
export function RunActions({ run }: { run: Run }): JSX.Element | null {
  const now = useSecond(run.endedAt > 0)
  const left = undoLeft(run, now)
  if (run.state !== 'ended') {
    return (
      <div class="plan-actions">
        <Act run={run} verb="cancel" label={t('scene.cancel')} />
      </div>
    )
  }
  if (left === 0 && !canRetry(run)) return null
  return (
    <div class="plan-actions">
      {canRetry(run) && <Act run={run} verb="retry" label={t('scene.retry')} />}
      {left > 0 && <Act run={run} verb="undo" label={t('scene.undo', { s: left })} />}
    </div>
  )
}

function Act({
  run,
  verb,
  label,
}: {
  run: Run
  verb: 'cancel' | 'retry' | 'undo'
  label: string
}): JSX.Element {
  const [busy, setBusy] = useState(false)
  const act = async () => {
    if (busy) return
    setBusy(true)
    const problem = await postRun(run.run, verb)
    setBusy(false)
    if (problem?.code === 'preflight') openKept(run.scene, problem.params, false)
    else if (problem) tellProblem(run.scene, problem)
  }
  return (
    <button type="button" class="plain" aria-busy={busy} onClick={() => void act()}>
      {label}
    </button>
  )
}

/** Seconds since 1970, made anew every second while that matters. */
export function useSecond(ticking: boolean): number {
  const [now, setNow] = useState(() => Date.now() / 1000)
  useEffect(() => {
    if (!ticking) return
    setNow(Date.now() / 1000)
    const timer = setInterval(() => setNow(Date.now() / 1000), 500)
    return () => clearInterval(timer)
  }, [ticking])
  return now
}
