import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { attachHold, type Begin, Hold } from './hold'

export interface ButtonProps {
  readonly label: string
  readonly busy: boolean
  readonly disabled: boolean
  readonly onAsk: () => void
  readonly children?: ComponentChildren
}

/** A command without a value. */
export function Button({ label, busy, disabled, onAsk, children }: ButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class="plain"
      aria-busy={busy}
      aria-disabled={disabled || busy}
      onClick={() => (disabled || busy ? undefined : onAsk())}
    >
      {children} {label}
    </button>
  )
}

export interface HoldButtonProps {
  readonly label: string
  readonly kind: 'motion' | 'arrow'
  readonly disabled: boolean
  readonly begin: Begin
  readonly onInterrupted: () => void
  readonly children?: ComponentChildren
}

/** A button that acts only while a finger or key is on it. */
export function HoldButton(props: HoldButtonProps): JSX.Element {
  const { label, kind, disabled, children } = props
  const element = useRef<HTMLButtonElement>(null)
  const [active, setActive] = useState(false)
  const now = useRef(props)
  now.current = props
  const hold = useMemo(
    () =>
      new Hold((ended) => (now.current.disabled ? null : now.current.begin(ended)), {
        changed: setActive,
        interrupted: () => now.current.onInterrupted(),
      }),
    [],
  )
  useEffect(() => (element.current ? attachHold(element.current, hold) : undefined), [hold])
  return (
    <button
      ref={element}
      type="button"
      class={`plain hold hold-${kind}`}
      data-active={active}
      aria-pressed={active}
      aria-disabled={disabled}
      aria-label={label}
    >
      {children}
      {kind === 'motion' && <span>{label}</span>}
    </button>
  )
}
