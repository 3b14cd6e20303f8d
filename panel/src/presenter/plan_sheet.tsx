import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { Icon } from '../controls/icons'
import { endText } from '../controls/shown'
import { codeWords, say, t } from '../i18n/t'
import { closeSheet, openSheet } from '../shell/sheet'
import { askSatisfied, askScene } from '../socket/actions'
import { newestOf } from '../store/commands'
import { named } from '../store/names'
import { type SceneEnd, scene } from '../store/runs'
import { type Offer, offerOf, offerWords } from './offer'
import { StepList } from './step_list'
import { type Doing, doingWords, type Forecast, forecastLines, keptWords } from './steps'

type Params = Readonly<Record<string, unknown>>

/** Why a scene, or what was to be done with its run, came to nothing. */
export interface Problem {
  readonly scene: string
  readonly code: string
  readonly params: Params
}
export const problem = signal<Problem | null>(null)

const PROBLEM_MS = 8000

/** Tell it under the scenes for a while. */
export function tellProblem(id: string, why: { code: string; params: Params }): void {
  const told = { scene: id, ...why }
  problem.value = told
  setTimeout(() => {
    if (problem.value === told) problem.value = null
  }, PROBLEM_MS)
}

function nameOf(id: string): string {
  return say(scene(id)?.name) || id
}

/** Run a scene; a refusal opens a sheet that says why and what can be done. */
export function runScene(id: string, force = false): void {
  problem.value = null
  askScene(id, 'run', force, take)
}

function take(end: SceneEnd): void {
  if (end.outcome !== 'refused' && end.outcome !== 'notsent') return
  if (end.code === 'preflight') openKept(end.scene, end.params, true)
  else tellProblem(end.scene, { code: end.code ?? `outcome.${end.outcome}`, params: end.params })
}

// -- what it would do ------------------------------------------------------------------------------

/** Show what a scene would do now; `confirm`: and ask whether it shall. */
export function openPlan(id: string, confirm: boolean): void {
  const found = signal<readonly Forecast[] | null>(null)
  openSheet(
    () => nameOf(id),
    () => <Plan scene={id} confirm={confirm} found={found.value} />,
  )
  askScene(id, 'dry', false, (end) => {
    if (end.outcome === 'confirmed') found.value = (end.params.steps ?? []) as readonly Forecast[]
    else {
      closeSheet()
      tellProblem(id, { code: end.code ?? `outcome.${end.outcome}`, params: end.params })
    }
  })
}

interface PlanProps {
  readonly scene: string
  readonly confirm: boolean
  readonly found: readonly Forecast[] | null
}

function Plan({ scene: id, confirm, found }: PlanProps): JSX.Element {
  const name = nameOf(id)
  const run = () => {
    closeSheet()
    runScene(id)
  }
  return (
    <div class="plan">
      <p>{t(confirm ? 'scene.confirm' : 'scene.dry', { name })}</p>
      {found ? <StepList lines={forecastLines(found)} /> : <Working />}
      {confirm && (
        <div class="plan-actions">
          <button type="button" class="plain plan-main" onClick={run}>
            {t('scene.run')}
          </button>
          <button type="button" class="plain" onClick={closeSheet}>
            {t('scene.dont')}
          </button>
        </div>
      )}
    </div>
  )
}

function Working(): JSX.Element {
  return (
    <p class="scene-step" data-tone="plain" role="status">
      <Icon name="ring" turning /> <span>{t('asked.any')}</span>
    </p>
  )
}

// -- what keeps it back ----------------------------------------------------------------------------

/** Show which steps of a scene would be refused, what can be done, and that it can be run nevertheless. */
export function openKept(id: string, params: Params, force: boolean): void {
  const kept = (Array.isArray(params.steps) ? params.steps : []) as readonly Forecast[]
  const step = kept.find((one) => offerOf(one.code, one.params) !== null)
  const offer = step ? offerOf(step.code, step.params) : null
  openSheet(
    () => nameOf(id),
    () => (
      <div class="plan">
        <p>{t('scene.kept')}</p>
        <ul class="scene-steps">
          {kept.map((one) => (
            <li key={one.step} class="scene-step" data-tone="bad">
              <Icon name="lock" /> <span>{`${doingWords(one)} — ${keptWords(one)}`}</span>
            </li>
          ))}
        </ul>
        <div class="plan-actions">
          {step && offer && (
            <button type="button" class="plain plan-main" onClick={() => openSceneOffer(id, step, offer)}>
              {t('offer.what')}
            </button>
          )}
          {force && (
            <button
              type="button"
              class="plain"
              onClick={() => {
                closeSheet()
                runScene(id, true)
              }}
            >
              {t('scene.force')}
            </button>
          )}
        </div>
      </div>
    ),
  )
}

function openSceneOffer(id: string, step: Doing, offer: Offer): void {
  const name = nameOf(id)
  openOffer(step, 'scene', offer, `${doingWords(step)}${t('scene.and')}${t('scene.runs', { name })}`, () => {
    closeSheet()
    runScene(id)
  })
}

/** Offer what makes a rule content; it runs only when it is accepted here. `done`: what follows. */
export function openOffer(
  doing: Doing,
  control: string,
  offer: Offer,
  then: string,
  done: (() => void) | null,
): void {
  const asked = signal<string | null>(null)
  const accept = () => {
    asked.value = askSatisfied(doing.device, control, doing.command, doing.args).id
  }
  openSheet(
    () => t('offer.what'),
    () => (
      <div class="plan">
        <p>{offerWords(offer, then)}</p>
        {asked.value === null ? (
          <div class="plan-actions">
            <button type="button" class="plain plan-main" onClick={accept}>
              {t('offer.do')}
            </button>
            <button type="button" class="plain" onClick={closeSheet}>
              {t('scene.dont')}
            </button>
          </div>
        ) : (
          <Progress doing={doing} control={control} id={asked.value} />
        )}
      </div>
    ),
  )
  if (done) follow(doing, control, asked, done)
}

/** Go on when the plan has ended well. */
function follow(doing: Doing, control: string, asked: { value: string | null }, done: () => void): void {
  const cell = newestOf(doing.device, control)
  let over = false
  const stop = cell.subscribe((now) => {
    if (over || asked.value === null || now?.id !== asked.value || !now.end) return
    over = true
    queueMicrotask(() => stop())
    if (now.end.outcome === 'confirmed' || now.end.outcome === 'sent') done()
  })
}

function Progress({ doing, control, id }: { doing: Doing; control: string; id: string }): JSX.Element {
  const now = newestOf(doing.device, control).value
  const end = now?.id === id ? now.end : null
  if (now?.id === id && !end) return <Working />
  const params = named({ device: doing.device, ...end?.params })
  const good = end === null || end.outcome === 'confirmed' || end.outcome === 'sent'
  const words =
    end && ((good && end.code ? codeWords(end.code, params) : null) ?? endText({ ...end, params }))
  return (
    <p class="scene-step" data-tone={good ? 'good' : 'bad'} role="status">
      <Icon name={good ? 'check' : 'warn'} /> <span>{words ?? codeWords('outcome.confirmed', {})}</span>
    </p>
  )
}
