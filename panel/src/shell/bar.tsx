import type { JSX } from 'preact'
import { Icon } from '../controls/icons'
import { endText } from '../controls/shown'
import { codeWords, say } from '../i18n/t'
import { lastEnd } from '../store/commands'
import { named } from '../store/names'
import { device, moving } from '../store/room'
import { complaint, stale } from '../store/session'
import './bar.css'

/** The bar of a page that is old. */
export function StaleBar(): JSX.Element | null {
  if (!stale.value) return null
  return (
    <div class="stale-bar">
      <Icon name="offline" /> <span>{codeWords('conn.lost', {})}</span>
    </div>
  )
}

/** What screen readers are told: outcomes politely, motion and a lost connection at once. */
export function LiveRegions(): JSX.Element {
  const asked = lastEnd.value
  const end = asked?.end
  const spoken = end
    ? (endText({ ...end, params: named({ device: asked.device, ...end.params }) }) ??
      codeWords(`outcome.${end.outcome}`, {}))
    : null
  const urgent = stale.value ? codeWords('conn.lost', {}) : moving.value.map((d) => say(d.name)).join(' ')
  return (
    <>
      <p class="sr" role="status">
        {asked && `${say(device(asked.device)?.name)} ${spoken ?? ''}`}
      </p>
      <p class="sr" role="alert">
        {urgent}
      </p>
    </>
  )
}

/** A message of the daemon about this page itself. */
export function Complaint(): JSX.Element | null {
  const said = complaint.value
  const words = said && codeWords(said.code, named(said.params))
  if (!said || words === null) return null
  return (
    <p class="complaint">
      <Icon name="warn" /> {words}
    </p>
  )
}
