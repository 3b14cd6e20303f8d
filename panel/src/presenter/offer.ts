import { number, t } from '../i18n/t'
import { type Doing, doingWords } from './steps'

type Params = Readonly<Record<string, unknown>>

/** What a refusing rule offers to do first. */
export interface Offer {
  readonly steps: readonly Doing[]
  /** Seconds that it may take. */
  readonly timeout: number
}

/** The offer of a refusal, or null where there is none. */
export function offerOf(code: string | null | undefined, params: Params | undefined): Offer | null {
  if (code !== 'interlocked' || params?.satisfy !== true) return null
  const plan = params.plan as { steps?: unknown; timeout?: unknown } | null | undefined
  return {
    steps: Array.isArray(plan?.steps) ? plan.steps.filter(isDoing) : [],
    timeout: typeof plan?.timeout === 'number' ? plan.timeout : 0,
  }
}

function isDoing(step: unknown): step is Doing {
  const one = step as Partial<Doing> | null
  return typeof one?.device === 'string' && typeof one.command === 'string' && typeof one.args === 'object'
}

/** The whole plan as one sentence: what is done first, how long that may take, and what follows. */
export function offerWords(offer: Offer, then: string): string {
  const first = offer.steps.map(doingWords).join(t('scene.and'))
  if (first === '') return t('offer.any', { then })
  return t('offer.plan', { first, s: number(offer.timeout, 0), then })
}
