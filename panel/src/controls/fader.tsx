import type { JSX } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { t } from '../i18n/t'
import { Icon } from './icons'
import { Mark } from './mark'
import { type Ended, isDead, type Shown } from './shown'
import { keyValue, type Send, Slider, type SliderRange, snap } from './slider'
import { StepButton } from './stepper'
import './fader.css'

export interface FaderProps {
  readonly label: string
  readonly shown: Shown
  readonly text: string
  readonly range: SliderRange
  readonly say: (value: number) => string
  readonly onAsk: Send
  /** The newest command and its end. */
  readonly asked: { readonly id: string; readonly end: Ended | null } | null
}

const GOOD = new Set(['confirmed', 'sent'])

/** A level. The finger's thumb and the report are both drawn while they differ. */
export function Fader(props: FaderProps): JSX.Element {
  const { label, shown, text, range, say, asked } = props
  const slider = useSlider(props)
  const track = useRef<HTMLDivElement>(null)
  const off = isDead(shown)
  const report = typeof shown.value === 'number' ? shown.value : null
  const { thumb, ghost } = slider.drawn(shown.quality === 'unknown' ? null : report)
  useEffect(() => {
    if (asked?.end) slider.answered(asked.id, GOOD.has(asked.end.outcome))
  }, [asked, slider])
  const step = (by: number) => {
    if (thumb !== null && !off) slider.step(snap(thumb + by * coarse(range), range))
  }
  return (
    <div class="fader" data-quality={shown.quality}>
      <span class="fader-label">{label}</span>
      <span class="fader-text">
        <Mark shown={shown} /> {text}
      </span>
      <div class="fader-row">
        <StepButton way="less" name={label} disabled={off || thumb === null} onStep={() => step(-1)} />
        <div ref={track} class="fader-track" {...tapping(slider, track, range, off)}>
          <div class="fader-fill" style={{ inlineSize: `${part(thumb, range)}%` }} hidden={thumb === null} />
          <div
            class="fader-ghost"
            style={{ insetInlineStart: `${part(ghost, range)}%` }}
            hidden={ghost === null}
          />
          <div
            class="fader-thumb"
            role="slider"
            tabIndex={0}
            aria-label={label}
            aria-valuemin={range.min}
            aria-valuemax={range.max}
            aria-valuenow={thumb ?? range.min}
            aria-valuetext={thumb === null ? t('quality.unknown') : `${say(thumb)} · ${text}`}
            aria-disabled={off}
            data-empty={thumb === null}
            style={{ insetInlineStart: `${part(thumb, range)}%` }}
            {...dragging(slider, track, range, off)}
            onKeyDown={(event) => {
              const next = off ? null : keyValue(event.key, thumb ?? range.min, range)
              if (next === null) return
              event.preventDefault()
              slider.step(next)
            }}
          >
            <Icon name="grip" />
          </div>
        </div>
        <StepButton way="more" name={label} disabled={off || thumb === null} onStep={() => step(1)} />
      </div>
    </div>
  )
}

function useSlider({ onAsk }: FaderProps): Slider {
  const [, repaint] = useState(0)
  const ask = useRef(onAsk)
  ask.current = onAsk
  const slider = useMemo(
    () =>
      new Slider(
        (value) => ask.current(value),
        () => repaint((n) => n + 1),
      ),
    [],
  )
  useEffect(() => () => slider.dispose(), [slider])
  return slider
}

/** One press of a step button: a twentieth of the range, in whole steps. */
function coarse(range: SliderRange): number {
  return Math.max(range.step, Math.round((range.max - range.min) / 20 / range.step) * range.step)
}

function part(value: number | null, range: SliderRange): number {
  return value === null ? 0 : (100 * (value - range.min)) / (range.max - range.min)
}

function valueAt(event: PointerEvent, track: HTMLElement | null, range: SliderRange): number | null {
  const box = track?.getBoundingClientRect()
  if (!box || box.width === 0) return null
  const along = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
  return snap(range.min + along * (range.max - range.min), range)
}

type Track = { current: HTMLDivElement | null }

/** A drag begins only on the thumb: a page that is scrolled over a fader must not change it. */
function dragging(slider: Slider, track: Track, range: SliderRange, off: boolean) {
  return {
    onPointerDown: (event: PointerEvent) => {
      if (off || !event.isPrimary || event.button !== 0) return
      ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
    },
    onPointerMove: (event: PointerEvent) => {
      if (off || !(event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId)) return
      const value = valueAt(event, track.current, range)
      if (value !== null) slider.move(value)
    },
    onPointerUp: () => slider.lift(),
    onLostPointerCapture: () => slider.lift(),
  }
}

/** A tap on the track sets that value. */
function tapping(slider: Slider, track: Track, range: SliderRange, off: boolean) {
  return {
    onClick: (event: MouseEvent) => {
      if (off || (event.target as HTMLElement).closest('.fader-thumb')) return
      const value = valueAt(event as PointerEvent, track.current, range)
      if (value !== null) slider.step(value)
    },
  }
}
