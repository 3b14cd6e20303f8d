import { signal } from '@preact/signals'
import type { CountdownMessage } from '../wire/wire.gen'

/** Milliseconds after which a countdown that is not told any more is over: its end was missed. */
const SILENT_MS = 3000

/** What is counted down because the room has been left, or null. */
export const countdown = signal<{ readonly scene: string; readonly seconds: number } | null>(null)
let silent: ReturnType<typeof setTimeout> | undefined

/** Take a message of the daemon. */
export function takeCountdown({ scene, seconds }: CountdownMessage): void {
  clearTimeout(silent)
  countdown.value = seconds === null ? null : { scene, seconds }
  silent = setTimeout(() => {
    countdown.value = null
  }, SILENT_MS)
}
