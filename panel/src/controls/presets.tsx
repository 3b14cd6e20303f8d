import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../i18n/t'
import { Icon } from './icons'
import './presets.css'

const SAVE_MS = 1200

export interface PresetsProps {
  readonly label: string
  readonly numbers: readonly number[]
  /** The one the camera stands at, where it says so. */
  readonly current: number | null
  /** The one that was asked for and is not reached yet. */
  readonly busy: number | null
  readonly canSave: boolean
  readonly disabled: boolean
  readonly onRecall: (number: number) => void
  readonly onSave: (number: number) => void
}

/** Numbered positions: a tap recalls, a long press saves. */
export function Presets(props: PresetsProps): JSX.Element {
  const { label, numbers, canSave } = props
  return (
    <div class="presets" role="group" aria-label={label}>
      <span class="presets-head">
        <span>{label}</span>
        {canSave && <span class="presets-hint">{t('camera.presetHint')}</span>}
      </span>
      <span class="presets-row">
        {numbers.map((number) => (
          <Preset key={number} {...props} number={number} />
        ))}
      </span>
    </div>
  )
}

function Preset(props: PresetsProps & { number: number }): JSX.Element {
  const { number, current, busy, canSave, disabled, onRecall, onSave } = props
  const [filling, setFilling] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const saved = useRef(false)
  const clear = () => {
    clearTimeout(timer.current)
    setFilling(false)
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  const press = (event: PointerEvent) => {
    saved.current = false
    if (!canSave || disabled || event.button !== 0) return
    setFilling(true)
    timer.current = setTimeout(() => {
      saved.current = true
      clear()
      onSave(number)
    }, SAVE_MS)
  }
  return (
    <button
      type="button"
      class="preset look"
      data-quality={busy === number ? 'pending' : 'confirmed'}
      data-on={current === number}
      data-filling={filling}
      aria-pressed={current === number}
      aria-busy={busy === number}
      aria-disabled={disabled}
      aria-label={t('camera.preset', { n: number })}
      onPointerDown={press}
      onPointerUp={clear}
      onPointerCancel={clear}
      onPointerLeave={clear}
      onContextMenu={(event) => event.preventDefault()}
      onClick={() => (saved.current || disabled ? undefined : onRecall(number))}
    >
      {busy === number && <Icon name="ring" turning />} {number}
    </button>
  )
}
