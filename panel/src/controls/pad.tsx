import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks'
import { t } from '../i18n/t'
import { HoldButton } from './button'
import { type Begin, Hold } from './hold'
import { Icon } from './icons'
import { type Drive, direction } from './steering'
import './pad.css'

export interface PadProps {
  readonly tilt: boolean
  readonly zoom: boolean
  readonly disabled: boolean
  /** Begin to drive with these speeds (-1..1). */
  readonly begin: (drive: Drive) => Begin
  readonly onInterrupted: () => void
}

const SPEEDS = { slow: 0.25, medium: 0.5, fast: 1 } as const
type Speed = keyof typeof SPEEDS

/** A camera's joystick, its arrows (the way without dragging) and its zoom. */
export function Pad(props: PadProps): JSX.Element {
  const [speed, setSpeed] = useState<Speed>('medium')
  const by = SPEEDS[speed]
  const arrow = (name: 'up' | 'down' | 'left' | 'right', pan: number, tilt: number) => (
    <Arrow
      {...props}
      label={t(`camera.${name}`)}
      icon={name}
      drive={{ pan: pan * by, tilt: tilt * by, zoom: 0 }}
    />
  )
  return (
    <div class="pad">
      <div class="pad-cross" role="group" aria-label={t('camera.pad')}>
        {props.tilt && <span class="pad-up">{arrow('up', 0, 1)}</span>}
        <span class="pad-left">{arrow('left', -1, 0)}</span>
        <Stick {...props} />
        <span class="pad-right">{arrow('right', 1, 0)}</span>
        {props.tilt && <span class="pad-down">{arrow('down', 0, -1)}</span>}
      </div>
      <div class="pad-beside">
        {props.zoom && (
          <Named label={t('camera.zoom')}>
            <Arrow {...props} label={t('camera.out')} icon="minus" drive={{ pan: 0, tilt: 0, zoom: -by }} />
            <Arrow {...props} label={t('camera.in')} icon="plus" drive={{ pan: 0, tilt: 0, zoom: by }} />
          </Named>
        )}
        <Named label={t('camera.speed')}>
          {(Object.keys(SPEEDS) as Speed[]).map((name) => (
            <button
              key={name}
              type="button"
              class="plain"
              aria-pressed={name === speed}
              data-active={name === speed}
              onClick={() => setSpeed(name)}
            >
              {t(`camera.${name}`)}
            </button>
          ))}
        </Named>
      </div>
    </div>
  )
}

/** Buttons that belong together, under their name. */
function Named({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  const id = useId()
  return (
    <div class="pad-named" role="group" aria-labelledby={id}>
      <span id={id}>{label}</span>
      <span class="pad-row">{children}</span>
    </div>
  )
}

type ArrowProps = PadProps & {
  label: string
  icon: 'up' | 'down' | 'left' | 'right' | 'plus' | 'minus'
  drive: Drive
}

function Arrow({ label, icon, drive, disabled, begin, onInterrupted }: ArrowProps): JSX.Element {
  return (
    <HoldButton
      label={label}
      kind="arrow"
      disabled={disabled}
      begin={begin(drive)}
      onInterrupted={onInterrupted}
    >
      <Icon name={icon} />
    </HoldButton>
  )
}

/** The joystick: radius is speed. It is a pointer's way only; keys use the arrows. */
function Stick({ tilt, disabled, begin, onInterrupted }: PadProps): JSX.Element {
  const now = useRef({ disabled, begin, onInterrupted, drive: { pan: 0, tilt: 0, zoom: 0 } })
  Object.assign(now.current, { disabled, begin, onInterrupted })
  const [knob, setKnob] = useState<{ x: number; y: number } | null>(null)
  const hold = useMemo(
    () =>
      new Hold((ended) => (now.current.disabled ? null : now.current.begin(now.current.drive)(ended)), {
        changed: (active) => (active ? undefined : setKnob(null)),
        interrupted: () => now.current.onInterrupted(),
      }),
    [],
  )
  useEffect(() => {
    const cancel = () => hold.end('cancel')
    window.addEventListener('blur', cancel)
    document.addEventListener('visibilitychange', cancel)
    return () => {
      cancel()
      window.removeEventListener('blur', cancel)
      document.removeEventListener('visibilitychange', cancel)
    }
  }, [hold])
  const follow = (event: PointerEvent) => {
    const area = event.currentTarget as HTMLElement
    if (!area.hasPointerCapture(event.pointerId)) return
    const box = area.getBoundingClientRect()
    const x = (2 * (event.clientX - box.left)) / box.width - 1
    const y = tilt ? (2 * (event.clientY - box.top)) / box.height - 1 : 0
    const drive = direction(x, y, hold.active)
    setKnob({ x: clamp(x), y: clamp(y) })
    if (!drive) return hold.end('release')
    now.current.drive = drive
    if (hold.active) hold.steer({ ...drive })
    else hold.start()
  }
  const end = (why: 'release' | 'cancel') => () => {
    hold.end(why)
    setKnob(null)
  }
  return (
    <div
      class="pad-stick hold"
      aria-hidden="true"
      data-active={knob !== null}
      onPointerDown={(event) => {
        if (!event.isPrimary || event.button !== 0) return
        ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
        follow(event)
      }}
      onPointerMove={follow}
      onPointerUp={end('release')}
      onPointerCancel={end('cancel')}
      onLostPointerCapture={end('cancel')}
      onContextMenu={(event) => event.preventDefault()}
    >
      <span
        class="pad-knob"
        style={{ transform: `translate(${(knob?.x ?? 0) * 100}%, ${(knob?.y ?? 0) * 100}%)` }}
      />
    </div>
  )
}

function clamp(value: number): number {
  return Math.max(-1, Math.min(1, value))
}
