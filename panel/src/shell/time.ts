import { signal } from '@preact/signals'

/** The minute of now, in seconds since 1970. */
export const minute = signal(Math.floor(Date.now() / 60_000) * 60)

setInterval(() => {
  minute.value = Math.floor(Date.now() / 60_000) * 60
}, 1000)
