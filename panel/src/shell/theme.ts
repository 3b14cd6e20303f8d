import { effect, signal } from '@preact/signals'

export const THEMES = ['auto', 'dark', 'light'] as const
export const SIZES = ['normal', 'large'] as const
export type Theme = (typeof THEMES)[number]
export type Size = (typeof SIZES)[number]

export const theme = signal<Theme>(kept('roomd.theme', THEMES))
export const size = signal<Size>(kept('roomd.size', SIZES))

/** Keep the page as chosen on this device. `page` decides what `auto` means. */
export function followTheme(page: 'presenter' | 'admin' | 'display' | 'join'): void {
  const root = document.documentElement
  root.dataset.page = page
  effect(() => {
    root.dataset.theme = theme.value
    root.dataset.size = size.value
    localStorage.setItem('roomd.theme', theme.value)
    localStorage.setItem('roomd.size', size.value)
  })
}

function kept<T extends string>(key: string, choices: readonly [T, ...T[]] | readonly T[]): T {
  const found = localStorage.getItem(key)
  return choices.find((choice) => choice === found) ?? (choices[0] as T)
}
