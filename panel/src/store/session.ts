import { signal } from '@preact/signals'
import type { SessionBody, StoppedMessage } from '../wire/wire.gen'

/** `asking`: not known yet; `none`: nobody is logged in; `unreachable`: the controller did not answer. */
export type Who = SessionBody | 'asking' | 'none' | 'unreachable'
export type Connection = 'connecting' | 'up' | 'lost'

/** Roles that see the room; the others have no WebSocket. */
const SEES_ROOM = new Set(['presenter', 'operator', 'admin', 'display', 'integration'])

/** Whether who is logged in sees the room's devices. */
export function seesRoom(session: Who): boolean {
  return typeof session === 'object' && SEES_ROOM.has(session.role)
}

export const who = signal<Who>('asking')
export const connection = signal<Connection>('connecting')
/** What is on the page is old: the connection has been gone for longer than a second. */
export const stale = signal(false)
/** When the last message came, seconds since 1970. */
export const heardAt = signal(0)
/** Messages that this page did not know or could not read. */
export const ignored = signal(0)
/** The last `error` or `bye` of the daemon that is no command's. */
export const complaint = signal<{ code: string; params: Readonly<Record<string, unknown>> } | null>(null)

/** STOP of this page: under way, not answered in time, or answered. */
export type Stop = 'idle' | 'asking' | 'unconfirmed' | 'answered'
export const stop = signal<Stop>('idle')
/** The daemon has begun to stop: something's motion changed after this page asked. */
export const stopHeard = signal(false)
export const stopAnswers = signal<StoppedMessage['devices']>({})
