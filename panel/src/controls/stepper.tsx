import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../i18n/t'
import { Icon } from './icons'
import { Mark } from './mark'
import { isDead, type Shown } from './shown'
import { type SliderRange, snap } from './slider'
import './stepper.css'

const REPEAT_MS = 200
const GATHER_MS = 400

export interface StepButtonProps {
  readonly way: 'less' | 'more'
  readonly name: string
  readonly disabled: boolean
  readonly onStep: () => void
}

/** `−` or `+`: one step, five a second while it is held. */
export function StepButton({ way, name, disabled, onStep }: StepButtonProps): JSX.Element {
  const step = useRef(onStep)
  step.current = onStep
  const timer = useRef<ReturnType<typeof setInterval> | undefined>(undefined)
  const stop = () => clearInterval(timer.current)
  useEffect(() => stop, [])
  const press = (event: PointerEvent) => {
    if (disabled || event.button !== 0) return
    stop()
    timer.current = setInterval(() => step.current(), REPEAT_MS * 2)
  }
  return (
    <button
      type="button"
      class="plain step"
      aria-label={t('step.name', { name, way: t(`step.${way}`) })}
      aria-disabled={disabled}
      onPointerDown={press}
      onPointerUp={stop}
      onPointerLeave={stop}
      onPointerCancel={stop}
      onClick={() => (disabled ? undefined : onStep())}
    >
      <Icon name={way === 'less' ? 'minus' : 'plus'} />
    </button>
  )
}

export interface StepperProps {
  readonly label: string
  readonly shown: Shown
  readonly text: string
  readonly range: SliderRange
  readonly say: (value: number) => string
  readonly onAsk: (value: number) => void
}

/** A value in few steps (a temperature); taps that come close together are one command. */
export function Stepper({ label, shown, text, range, say, onAsk }: StepperProps): JSX.Element {
  const [wish, setWish] = useState<number | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const asked = shown.quality === 'pending' && typeof shown.desired === 'number' ? shown.desired : null
  const from = wish ?? asked ?? (typeof shown.value === 'number' ? shown.value : null)
  const off = isDead(shown)
  const step = (by: number) => {
    // Without a truth to step from, the first tap asks for the middle.
    const next =
      from === null ? snap((range.min + range.max) / 2, range) : snap(from + by * range.step, range)
    setWish(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      setWish(null)
      onAsk(next)
    }, GATHER_MS)
  }
  return (
    <div class="stepper look-line" role="group" aria-label={label} data-quality={shown.quality}>
      <span class="stepper-head">
        <span>{label}</span>
        {shown.quality !== 'confirmed' && (
          <span class="stepper-state">
            <Mark shown={shown} /> {text}
          </span>
        )}
      </span>
      <span class="stepper-row">
        <StepButton way="less" name={label} disabled={off} onStep={() => step(-1)} />
        <span class="stepper-value">{from === null ? '—' : say(from)}</span>
        <StepButton way="more" name={label} disabled={off} onStep={() => step(1)} />
      </span>
    </div>
  )
}
