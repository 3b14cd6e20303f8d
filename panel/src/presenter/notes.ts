import { signal } from '@preact/signals'

/** The tablet itself cuts long presses short; told once a page. */
export const interrupted = signal(false)

/** Note that three holds in a row were cut short. */
export function noteInterrupted(): void {
  interrupted.value = true
}
