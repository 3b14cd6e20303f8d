/** Hold to run: what a finger on a button means, once for all buttons that must be held. */

const KEEP_MS = 150
/** A timer tick later than this means that the page was stopped: the finger's truth is not known. */
const GAP_MS = 300
const SHORT_MS = 700
const SHORT_TIMES = 3
/** A thumb rolls this far while it presses; farther out it has left the button. */
const SLACK_PX = 24

export interface Held {
  keep(args: Readonly<Record<string, unknown>> | null): void
  release(): void
}
/** Begin at the daemon; null when that is not possible. `ended` tells that it is over there. */
export type Begin = (ended: () => void) => Held | null

export interface HoldEvents {
  changed(active: boolean): void
  /** Three holds in a row were cut short by the tablet itself. */
  interrupted(): void
}

const running = new Set<Hold>()

/** End every hold of the page (a sheet opens, the page is left). */
export function endAllHolds(): void {
  for (const hold of [...running]) hold.end('cancel')
}

/** Whether a finger is on any such button. */
export function isHolding(): boolean {
  return running.size > 0
}

/** One button's state: free, or held with a ticking `keep`. */
export class Hold {
  private held: Held | null = null
  private timer: ReturnType<typeof setInterval> | undefined
  private since = 0
  private ticked = 0
  private short = 0
  private next: Readonly<Record<string, unknown>> | null = null

  constructor(
    private readonly begin: Begin,
    private readonly events: HoldEvents,
  ) {}

  get active(): boolean {
    return this.held !== null
  }

  /** The finger is down. */
  start(): void {
    if (this.held) return
    this.held = this.begin(() => this.end('ended'))
    if (!this.held) return
    running.add(this)
    this.since = this.ticked = Date.now()
    this.timer = setInterval(() => this.tick(), KEEP_MS)
    this.events.changed(true)
  }

  /** Give other arguments (a camera's direction) with the next `keep`. */
  steer(args: Readonly<Record<string, unknown>>): void {
    this.next = args
  }

  /** The finger is gone, something took it away, or the daemon has ended it. Never begins again by itself. */
  end(why: 'release' | 'cancel' | 'ended'): void {
    const held = this.held
    if (!held) return
    this.held = null
    running.delete(this)
    clearInterval(this.timer)
    if (why !== 'ended') held.release()
    this.countShort(why)
    this.events.changed(false)
  }

  private tick(): void {
    const now = Date.now()
    if (now - this.ticked > GAP_MS) {
      this.end('cancel')
      return
    }
    this.ticked = now
    this.held?.keep(this.next)
    this.next = null
  }

  private countShort(why: 'release' | 'cancel' | 'ended'): void {
    const cut = why === 'cancel' && Date.now() - this.since < SHORT_MS
    this.short = cut ? this.short + 1 : 0
    if (this.short === SHORT_TIMES) this.events.interrupted()
  }
}

const KEYS = new Set([' ', 'Enter'])

/** Tie a hold to a button. Returns what unties it, and ends a hold that is under way. */
export function attachHold(element: HTMLElement, hold: Hold): () => void {
  const off = new AbortController()
  const on = { signal: off.signal }
  let pointer: number | null = null
  const cancel = () => hold.end('cancel')
  const finish = (event: PointerEvent, why: 'release' | 'cancel') => {
    if (event.pointerId === pointer) hold.end(why)
  }
  element.addEventListener(
    'pointerdown',
    (event) => {
      if (!event.isPrimary || event.button !== 0) return cancel()
      pointer = event.pointerId
      element.setPointerCapture(pointer)
      hold.start()
    },
    on,
  )
  element.addEventListener(
    'pointermove',
    (event) => (isOff(element, event) ? finish(event, 'release') : undefined),
    on,
  )
  element.addEventListener('pointerup', (event) => finish(event, 'release'), on)
  element.addEventListener('pointercancel', (event) => finish(event, 'cancel'), on)
  element.addEventListener('lostpointercapture', (event) => finish(event, 'cancel'), on)
  // Not passive: the only way to keep Android's long-press menu away.
  element.addEventListener('touchstart', (event) => event.preventDefault(), { ...on, passive: false })
  element.addEventListener('contextmenu', (event) => event.preventDefault(), on)
  element.addEventListener(
    'keydown',
    (event) => {
      if (!KEYS.has(event.key)) return
      event.preventDefault()
      if (!event.repeat) hold.start()
    },
    on,
  )
  element.addEventListener('keyup', (event) => (KEYS.has(event.key) ? hold.end('release') : undefined), on)
  element.addEventListener('blur', cancel, on)
  window.addEventListener('blur', cancel, on)
  window.addEventListener('pagehide', cancel, on)
  document.addEventListener('visibilitychange', cancel, on)
  document.addEventListener('touchstart', (event) => (event.touches.length > 1 ? cancel() : undefined), {
    ...on,
    passive: true,
    capture: true,
  })
  return () => {
    cancel()
    off.abort()
  }
}

/** Whether a pointer has slid off a button. It is captured, so the browser itself does not tell. */
function isOff(element: HTMLElement, { clientX, clientY }: PointerEvent): boolean {
  const { left, right, top, bottom } = element.getBoundingClientRect()
  return (
    clientX < left - SLACK_PX ||
    clientX > right + SLACK_PX ||
    clientY < top - SLACK_PX ||
    clientY > bottom + SLACK_PX
  )
}
