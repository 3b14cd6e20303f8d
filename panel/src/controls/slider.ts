/** What the finger on a fader means: the finger wins, the last value is always sent, the report is a ghost. */

const SEND_MS = 1000 / 15
const SETTLE_MS = 600

export interface SliderRange {
  readonly min: number
  readonly max: number
  readonly step: number
}
/** Ask for a value; returns the id of the command. */
export type Send = (value: number) => string

/** Where thumb and ghost are drawn; null: not at all. */
export interface Drawn {
  readonly thumb: number | null
  readonly ghost: number | null
}

/** One fader's finger. Times are milliseconds of `Date.now()`. */
export class Slider {
  private finger: number | null = null
  private down = false
  private until = 0
  private unsent = false
  private sentAt = Number.NEGATIVE_INFINITY
  private lastId: string | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private settle: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly send: Send,
    private readonly changed: () => void,
  ) {}

  /** Put the finger down at a value, or move it there. */
  move(value: number): void {
    this.down = true
    this.wish(value)
  }

  /** Lift the finger: what it said last is sent now. */
  lift(): void {
    if (!this.down) return
    this.down = false
    this.until = Date.now() + SETTLE_MS
    clearTimeout(this.settle)
    this.settle = setTimeout(() => this.give(), SETTLE_MS)
    this.flush()
  }

  /** One value at once (a tap, a key, `−` and `+`). */
  step(value: number): void {
    this.move(value)
    this.lift()
  }

  /** The newest command has ended; `good`: it was done. */
  answered(id: string, good: boolean): void {
    if (id !== this.lastId) return
    this.lastId = null
    if (!good && !this.down) {
      this.until = 0
      this.finger = null
    }
    this.give()
  }

  /** Return where to draw, for this report. */
  drawn(report: number | null): Drawn {
    if (this.finger === null) return { thumb: report, ghost: null }
    return { thumb: this.finger, ghost: report === this.finger ? null : report }
  }

  /** Stop all timers. */
  dispose(): void {
    clearTimeout(this.timer)
    clearTimeout(this.settle)
  }

  private wish(value: number): void {
    if (value === this.finger) return
    this.finger = value
    this.unsent = true
    this.changed()
    const wait = this.sentAt + SEND_MS - Date.now()
    if (wait <= 0) this.flush()
    else this.timer ??= setTimeout(() => this.flush(), wait)
  }

  private flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (!this.unsent || this.finger === null) return
    this.unsent = false
    this.sentAt = Date.now()
    this.lastId = this.send(this.finger)
  }

  /** Give the thumb back to the report, when nothing speaks against it. */
  private give(): void {
    if (this.down || Date.now() < this.until || this.lastId !== null) return
    this.finger = null
    this.changed()
  }
}

/** The nearest value of the range to `value`. */
export function snap(value: number, range: SliderRange): number {
  const steps = Math.round((value - range.min) / range.step)
  const exact = Math.min(range.max, Math.max(range.min, range.min + steps * range.step))
  return Number(exact.toFixed(4))
}

/** The value that a key means, or null for other keys. */
export function keyValue(key: string, value: number, range: SliderRange): number | null {
  const tenth = (range.max - range.min) / 10
  const far: Readonly<Record<string, number>> = {
    ArrowUp: value + range.step,
    ArrowRight: value + range.step,
    ArrowDown: value - range.step,
    ArrowLeft: value - range.step,
    PageUp: value + tenth,
    PageDown: value - tenth,
    Home: range.min,
    End: range.max,
  }
  return key in far ? snap(far[key] ?? value, range) : null
}
