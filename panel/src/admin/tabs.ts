import { signal } from '@preact/signals'

export const TABS = ['devices', 'trace', 'about'] as const
export type Tab = (typeof TABS)[number]

export const tab = signal<Tab>(tabIn(location.hash))
addEventListener('hashchange', () => {
  tab.value = tabIn(location.hash)
})

/** Go to a tab; the address remembers it. */
export function openTab(name: Tab): void {
  location.hash = name
}

/** The tab that the address names, or the first. */
export function tabIn(hash: string): Tab {
  return TABS.find((name) => name === hash.slice(1)) ?? 'devices'
}
