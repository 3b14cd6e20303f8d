import { batch, type Signal, signal } from '@preact/signals'
import type { PointBody } from '../wire/wire.gen'

export type Points = Readonly<Record<string, PointBody>>

/** One signal a point: a report repaints what shows that point, and nothing else. */
const cells = new Map<string, Signal<PointBody | null>>()
let waiting = new Map<string, PointBody>()
let asked = false

/** The signal of a point, null until something is known of it. */
export function point(path: string): Signal<PointBody | null> {
  let cell = cells.get(path)
  if (!cell) {
    cell = signal<PointBody | null>(null)
    cells.set(path, cell)
  }
  return cell
}

/** Take changed points; all that come within one frame are drawn together. */
export function takePatch(points: Points, later: (draw: () => void) => void = nextFrame): void {
  for (const [path, body] of Object.entries(points)) waiting.set(path, body)
  if (asked) return
  asked = true
  later(flush)
}

/** Take all points: what is not among them no longer exists. */
export function takeSnapshot(points: Points): void {
  waiting = new Map()
  batch(() => {
    for (const [path, cell] of cells) if (!(path in points)) cell.value = null
    for (const [path, body] of Object.entries(points)) point(path).value = body
  })
}

function flush(): void {
  asked = false
  const now = waiting
  waiting = new Map()
  batch(() => {
    for (const [path, body] of now) point(path).value = body
  })
}

function nextFrame(draw: () => void): void {
  // A hidden page gets no frames, but its faults and its STOP must stay true.
  if (document.hidden) setTimeout(draw, 0)
  else requestAnimationFrame(draw)
}
