import { signal } from '@preact/signals'
import type { TraceMessage } from '../wire/wire.gen'

const KEPT = 10_000
const REPAINT_MS = 50

/** Traffic of the room, newest last. Kept in the page only. */
let frames: TraceMessage[] = []
let waiting = false

/** Moves when there is something new to draw; at most twenty times a second. */
export const changed = signal(0)
export const dropped = signal(0)
export const paused = signal(false)

/** Take a frame; while paused it is kept, but nothing moves under the reader's eyes. */
export function takeFrame(frame: TraceMessage): void {
  frames.push(frame)
  if (frames.length > KEPT + 500) frames = frames.slice(-KEPT)
  if (waiting) return
  waiting = true
  setTimeout(() => {
    waiting = false
    dropped.value = frame.dropped
    if (!paused.value) changed.value += 1
  }, REPAINT_MS)
}

/** Forget all frames. */
export function clearFrames(): void {
  frames = []
  changed.value += 1
}

/** The newest `n` frames of a device (`''` = all) that have `text` in them. */
export function matching(device: string, text: string, n: number): TraceMessage[] {
  const wanted = text.toLowerCase()
  const found: TraceMessage[] = []
  for (let i = frames.length - 1; i >= 0 && found.length < n; i -= 1) {
    const frame = frames[i]
    if (!frame || (device && frame.device !== device)) continue
    if (!wanted || inWords(frame).toLowerCase().includes(wanted)) found.push(frame)
  }
  return found.reverse()
}

/** How many frames are kept. */
export function count(): number {
  return frames.length
}

const SIGNS = { tx: '->', rx: '<-', link: '--' } as const

/** A frame in one line, as it is copied and downloaded. */
export function inWords(frame: TraceMessage): string {
  const time = new Date(frame.ts * 1000).toISOString().slice(11, 23)
  const parts = [time, frame.device || frame.link, SIGNS[frame.direction], frame.topic, frame.hex, frame.text]
  return parts.filter((part) => part !== '').join('  ')
}

/** The sign of a direction. */
export function sign(direction: TraceMessage['direction']): string {
  return SIGNS[direction]
}
