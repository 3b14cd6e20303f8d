import { batch } from '@preact/signals'
import { finish, settle } from '../store/commands'
import { takeCountdown } from '../store/countdown'
import { type Points, takePatch, takeSnapshot } from '../store/points'
import { deviceOf, takeRoom } from '../store/room'
import { finishScene, takeRun } from '../store/runs'
import {
  complaint,
  connection,
  heardAt,
  ignored,
  stale,
  stop,
  stopAnswers,
  stopHeard,
} from '../store/session'
import type { ServerMessage, TraceMessage } from '../wire/wire.gen'

/** What a page may want besides the store. */
export interface Extra {
  trace?(message: TraceMessage): void
  /** An id that the store does not know: a hold's. */
  outcome?(id: string): void
  /** This tablet has to prove its key. */
  challenged?(): void
}

type Known = { [K in ServerMessage['type']]: (message: Extract<ServerMessage, { type: K }>) => number | null }

/** Put one message into the store. Returns the sequence number it carries, else null. */
export function receive(body: unknown, extra: Extra): number | null {
  heardAt.value = Date.now() / 1000
  const take = known(extra)
  const type = (body as { type?: unknown } | null)?.type
  if (typeof type !== 'string' || !Object.hasOwn(take, type)) {
    ignored.value += 1
    return null
  }
  try {
    return take[type as ServerMessage['type']](body as never)
  } catch {
    ignored.value += 1
    return null
  }
}

function known(extra: Extra): Known {
  return {
    snapshot: (message) => {
      batch(() => {
        takeRoom(message.room)
        takeSnapshot(message.points)
        fresh(message.points)
      })
      return message.seq
    },
    patch: (message) => {
      takePatch(message.points)
      fresh(message.points)
      if (Object.keys(message.points).some((path) => path.endsWith('.moving'))) stopHeard.value = true
      return message.seq
    },
    outcome: (message) => {
      const params = { s: message.ms / 1000, ...message.params }
      const end = { outcome: message.outcome, code: message.code, params }
      if (finishScene(message.id, end)) return null
      finish(message.id, end)
      extra.outcome?.(message.id)
      return null
    },
    stopped: (message) => {
      stopAnswers.value = message.devices
      stop.value = 'answered'
      return null
    },
    trace: (message) => {
      extra.trace?.(message)
      return null
    },
    run: ({ type: _, ...body }) => {
      takeRun(body, true)
      return null
    },
    countdown: (message) => {
      takeCountdown(message)
      return null
    },
    pong: () => null,
    challenge: () => {
      extra.challenged?.()
      return null
    },
    error: (message) => {
      complaint.value = message
      return null
    },
    bye: (message) => {
      complaint.value = { code: message.code, params: {} }
      return null
    },
  }
}

/** Values have come: the page is true again. */
function fresh(points: Points): void {
  connection.value = 'up'
  stale.value = false
  const heard = new Map<string, boolean>()
  for (const [path, body] of Object.entries(points)) {
    const id = deviceOf(path)?.id
    if (id) heard.set(id, heard.get(id) || (path === `${id}.online` && body.value === true))
  }
  for (const [id, back] of heard) settle(id, back)
}
