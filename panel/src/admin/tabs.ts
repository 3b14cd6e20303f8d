import { signal } from '@preact/signals'

export const TABS = ['devices', 'trace', 'people', 'about', 'record'] as const
export type Tab = (typeof TABS)[number]

/** Who sees what: those who look after the room do not see the record of what they did, and the auditor only that. */
const OF_ROLE: Readonly<Record<string, readonly Tab[]>> = {
  admin: ['devices', 'trace', 'people', 'about'],
  security: ['people'],
  auditor: ['record'],
}

/** The tabs of a role. */
export function tabsOf(role: string): readonly Tab[] {
  return OF_ROLE[role] ?? []
}

export const tab = signal<Tab>(tabIn(location.hash))
addEventListener('hashchange', () => {
  tab.value = tabIn(location.hash)
})

/** Go to a tab; the address remembers it. */
export function openTab(name: Tab): void {
  location.hash = name
}

/** The tab to show: the one that was asked for, or the first that the role has. */
export function shownTab(role: string, asked: Tab): Tab | null {
  const tabs = tabsOf(role)
  return tabs.includes(asked) ? asked : (tabs[0] ?? null)
}

/** The tab that the address names, or the first. */
export function tabIn(hash: string): Tab {
  return TABS.find((name) => name === hash.slice(1)) ?? 'devices'
}
