import { effect } from '@preact/signals'
import { type ComponentChild, render } from 'preact'
import { isHolding } from '../controls/hold'
import { begin, follow } from '../i18n/choice'
import { say, t } from '../i18n/t'
import { askWho, logInFromAddress, start, stopSocket } from '../socket/actions'
import { firstBuild, room } from '../store/room'
import { seesRoom, who } from '../store/session'
import type { TraceMessage } from '../wire/wire.gen'
import { isSheetOpen } from './sheet'
import { followTheme } from './theme'
import '../styles/tokens.css'
import '../styles/base.css'
import '../styles/looks.css'
import '../styles/plain.css'

const AGAIN_MS = 2000

/** Bring a page to life: language, theme, log-in, connection. */
export function beginPage(
  page: 'presenter' | 'admin' | 'display' | 'join',
  content: ComponentChild,
  onTrace: ((message: TraceMessage) => void) | null,
): void {
  begin(null)
  follow()
  followTheme(page)
  effect(() => {
    if (room.value) begin(room.value.language)
  })
  effect(() => {
    const name = say(room.value?.name) || 'roomd'
    document.title = page === 'presenter' ? name : `${name} · ${t(`app.${page}`)}`
  })
  reloadWhenOld()
  connectWhileLoggedIn(onTrace)
  const place = document.getElementById('app')
  if (place) render(content, place)
  // A link with a token may be opened on a page that is open already: only its hash changes then.
  addEventListener('hashchange', () => void logInFromAddress())
  void logInFromAddress().then(askWho)
}

function connectWhileLoggedIn(onTrace: ((message: TraceMessage) => void) | null): void {
  let running: string | null = null
  effect(() => {
    const session = who.value
    if (typeof session === 'object' && running !== session.role) {
      // An open connection keeps the rights it was opened with.
      if (running !== null) stopSocket()
      running = session.role
      if (seesRoom(session)) start(onTrace, session.keyed === true)
    } else if (session === 'none' && running !== null) {
      running = null
      stopSocket()
    } else if (session === 'unreachable') {
      setTimeout(() => void askUntilAnswered(), AGAIN_MS)
    }
  })
}

async function askUntilAnswered(): Promise<void> {
  await askWho()
  if (who.peek() === 'unreachable') setTimeout(() => void askUntilAnswered(), AGAIN_MS)
}

/** A daemon with another panel build means that this page is old; it goes when no finger is on it. */
function reloadWhenOld(): void {
  effect(() => {
    const build = room.value?.build
    if (!build || build === firstBuild.value) return
    const timer = setInterval(() => {
      if (isHolding() || isSheetOpen()) return
      clearInterval(timer)
      location.reload()
    }, AGAIN_MS)
  })
}
