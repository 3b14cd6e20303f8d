import { batch } from '@preact/signals'
import { type Args, type Asked, begin, finish, loseAll } from '../store/commands'
import {
  beginScene,
  finishScene,
  forgetRuns,
  keepRun,
  loseScenes,
  runs,
  type SceneAsk,
  type SceneEnd,
  takeRun,
} from '../store/runs'
import { connection, ignored, stale, stop, stopAnswers, stopHeard, who } from '../store/session'
import type { RunBody, RunsBody, SessionBody, StopBody, TraceMessage } from '../wire/wire.gen'
import { signer } from './key'
import { receive } from './receive'
import { Socket } from './socket'

const API = './api/v1'
/** Milliseconds after which a STOP of which nothing was heard is told. */
const UNCONFIRMED_MS = 400
/** The same for a STOP that was taken up but not answered: slow buses carry several frames a device. */
const UNFINISHED_MS = 4000

let socket: Socket | null = null
let topics: readonly string[] = []
let watcher: ((message: TraceMessage) => void) | null = null
/** Hold id -> what to call when it has ended at the daemon, or with the connection. */
const held = new Map<string, () => void>()

/** Open the connection; `follow` is called for each frame while `watch` asks for traces; `keyed`: with a proof. */
export function start(follow: ((message: TraceMessage) => void) | null, keyed: boolean): void {
  watcher = follow
  const address = new URL(`${API}/ws`, location.href)
  address.protocol = address.protocol.replace('http', 'ws')
  socket = new Socket(address.href, {
    opened: () => {
      if (topics.length) socket?.send({ type: 'watch', topics })
      void loadRuns()
    },
    message: (body) => {
      const seq = receive(body, {
        trace: (message) => watcher?.(message),
        outcome: endHold,
        challenged: () => {
          // The key went with the browser's storage: only pairing anew helps.
          if (socket && !socket.sign) who.value = 'none'
        },
      })
      if (seq !== null && socket) socket.lastSeq = seq
    },
    lost: (never) => {
      connection.value = 'lost'
      for (const id of [...held.keys()]) endHold(id)
      loseAll()
      loseScenes()
      if (never) void askWho()
    },
    stale: () => {
      stale.value = true
    },
  })
  const opened = socket
  if (!keyed) opened.connect()
  else
    void signer().then((sign) => {
      opened.sign = sign
      if (opened === socket) opened.connect()
    })
}

addEventListener('online', () => socket?.hurry())
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) socket?.hurry()
})

/** Close the connection: nobody is logged in any more. */
export function stopSocket(): void {
  socket?.end()
  socket = null
  connection.value = 'connecting'
}

const NOT_SENT = { outcome: 'notsent', code: 'conn.notsent', params: {} } as const

/** Ask for a command. Without a connection it ends at once as not sent; nothing waits. */
export function ask(device: string, control: string, command: string, args: Args): Asked {
  const asked = begin(device, control, command, args)
  if (!socket?.send({ type: 'command', id: asked.id, device, command, args })) finish(asked.id, NOT_SENT)
  return asked
}

/** Ask for a command, and that what keeps it back is put right first. */
export function askSatisfied(device: string, control: string, command: string, args: Args): Asked {
  const asked = begin(device, control, command, args)
  const message = { type: 'command', id: asked.id, device, command, args, satisfy: true } as const
  if (!socket?.send(message)) finish(asked.id, NOT_SENT)
  return asked
}

/** Ask for a scene, or only what it would do; `force`: although a step will be refused. */
export function askScene(
  scene: string,
  what: SceneAsk,
  force: boolean,
  ended: (end: SceneEnd) => void,
): void {
  const id = beginScene(scene, what, ended)
  if (!socket?.send({ type: 'scene', id, scene, dry_run: what === 'dry', force })) finishScene(id, NOT_SENT)
}

const RUNS_SCENES = new Set(['presenter', 'operator', 'admin'])

/** Learn which runs go on, and the last that ended: the messages of a broken connection are gone. */
async function loadRuns(): Promise<void> {
  const session = who.value
  if (typeof session !== 'object' || !RUNS_SCENES.has(session.role)) return
  forgetRuns()
  const body = await getBody<RunsBody>('runs')
  if (body) sortIn(body.runs)
}

/** Those that came by message in between are newer than those that were asked for. */
function sortIn(found: readonly RunBody[]): void {
  const newer = [...runs.value.values()]
  batch(() => {
    forgetRuns()
    for (const run of found) takeRun(run, false)
    for (const run of newer) keepRun(run)
  })
}

/** Cancel a run, retry what failed in it, or take it back. Returns null, or why not. */
export async function postRun(
  run: string,
  verb: 'cancel' | 'retry' | 'undo',
): Promise<{ code: string; params: Readonly<Record<string, unknown>> } | null> {
  try {
    const answer = await fetch(`${API}/runs/${run}/${verb}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Prefer: 'respond-async' },
      body: '{}',
    })
    const body = (await answer.json()) as RunBody & {
      code?: string
      params?: Readonly<Record<string, unknown>>
    }
    if (!answer.ok) return { code: body.code ?? 'driver_error', params: body.params ?? {} }
    takeRun(body, true)
    return null
  } catch {
    return { code: 'conn.notsent', params: {} }
  }
}

/** A hold under way. */
export interface Held {
  keep(args: Args | null): void
  release(): void
}

/** Begin to hold, or return null without a connection; `ended` is called once when it is over. */
export function hold(
  device: string,
  control: string,
  command: string,
  args: Args,
  ended: () => void,
): Held | null {
  const asked = begin(device, control, command, args)
  const id = asked.id
  if (!socket?.send({ type: 'hold', id, device, command, args })) {
    finish(id, NOT_SENT)
    return null
  }
  held.set(id, ended)
  return {
    keep: (next) => {
      if (held.has(id)) socket?.send(next ? { type: 'keep', id, args: next } : { type: 'keep', id })
    },
    release: () => {
      held.delete(id)
      socket?.send({ type: 'release', id })
    },
  }
}

function endHold(id: string): void {
  const ended = held.get(id)
  held.delete(id)
  ended?.()
}

/** Stop everything that moves, on both ways at once; tell it when neither answers in time. */
export function stopAll(): void {
  stop.value = 'asking'
  stopHeard.value = false
  const tell = () => {
    if (stop.value === 'asking') stop.value = 'unconfirmed'
  }
  setTimeout(() => (stopHeard.value ? undefined : tell()), UNCONFIRMED_MS)
  const late = setTimeout(tell, UNFINISHED_MS)
  socket?.send({ type: 'stop' })
  fetch(`${API}/stop`, { method: 'POST', keepalive: true })
    .then(async (answer) => {
      if (!answer.ok) return
      const body = (await answer.json()) as StopBody
      clearTimeout(late)
      stopAnswers.value = body.devices
      stop.value = 'answered'
    })
    .catch(() => {
      // Told by the timer above, unless the socket has answered.
    })
}

/** Ask for these topics, and no others, now and after each reconnect. */
export function watch(wanted: readonly string[]): void {
  topics = wanted
  socket?.send({ type: 'watch', topics })
}

/** Ask the daemon who we are. */
export async function askWho(): Promise<void> {
  try {
    const answer = await fetch(`${API}/session`)
    who.value = answer.ok ? ((await answer.json()) as SessionBody) : 'none'
    if (!answer.ok && answer.status >= 500) who.value = 'unreachable'
  } catch {
    if (who.value === 'asking') who.value = 'unreachable'
  }
}

/** Open a session with a token. Returns whether it was taken; null when nobody answered. */
export async function logIn(token: string): Promise<boolean | null> {
  try {
    const answer = await fetch(`${API}/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token }),
    })
    if (answer.ok) who.value = (await answer.json()) as SessionBody
    return answer.ok
  } catch {
    return null
  }
}

/** End the session of this browser. */
export async function logOut(): Promise<void> {
  await fetch(`${API}/session`, { method: 'DELETE' }).catch(() => undefined)
  who.value = 'none'
}

/** Take a token out of the address (`#token=…`), so that it is in no history, and use it. */
export async function logInFromAddress(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (token === null) return
  history.replaceState(null, '', location.pathname + location.search)
  await logIn(token)
}

/** GET a body, or null; what cannot be read is counted. */
export async function getBody<T>(path: string): Promise<T | null> {
  try {
    const answer = await fetch(`${API}/${path}`)
    return answer.ok ? ((await answer.json()) as T) : null
  } catch {
    ignored.value += 1
    return null
  }
}

/** POST an empty body to a place that answers one, or null. */
export async function postBody<T>(path: string): Promise<T | null> {
  try {
    const answer = await fetch(`${API}/${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    })
    return answer.ok ? ((await answer.json()) as T) : null
  } catch {
    ignored.value += 1
    return null
  }
}

/** POST a command that only HTTP offers here (probe, reconnect); returns outcome and code. */
export async function postCommand(
  device: string,
  command: string,
): Promise<{ outcome: string; code: string | null }> {
  try {
    const answer = await fetch(`${API}/devices/${encodeURIComponent(device)}/${command}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    })
    const body = (await answer.json()) as { outcome?: string; code?: string | null }
    return { outcome: body.outcome ?? 'failed', code: body.code ?? null }
  } catch {
    return { outcome: 'notsent', code: 'conn.notsent' }
  }
}
