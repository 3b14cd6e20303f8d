import { effect } from '@preact/signals'
import { type Language, language, locale } from './t'

const KEPT = 'roomd.language'

/** Take the language this device chose before, else the room's own. */
export function begin(room: Language | null): void {
  const kept = localStorage.getItem(KEPT)
  const chosen = kept === 'zh' || kept === 'en' ? kept : room
  if (chosen) language.value = chosen
}

/** Go over to the other language, on this device for ever. */
export function toggle(): void {
  language.value = language.value === 'zh' ? 'en' : 'zh'
  localStorage.setItem(KEPT, language.value)
}

/** Keep `<html lang>` true: Han glyphs take their regional form from it. */
export function follow(): void {
  effect(() => {
    document.documentElement.lang = locale.value
  })
}
