import { who } from '../store/session'
import type { SessionBody } from '../wire/wire.gen'
import { makeKey } from './key'

const API = './api/v1'

/** Why somebody was not let in, or what is needed next. */
export interface Refusal {
  readonly code: string
  readonly params: Readonly<Record<string, unknown>>
}

/** What a person typed to log in. */
export interface Typed {
  readonly user: string
  readonly password: string
  readonly code?: string
  readonly new_password?: string
}

/** Whether an answer is a refusal. */
export function isRefusal(answer: SessionBody | Refusal): answer is Refusal {
  return 'code' in answer
}

/** Log in to an account. */
export function enterAccount(typed: Typed): Promise<SessionBody | Refusal> {
  return enter({ ...typed })
}

/** Come in as a guest, by the digits on the display or the secret of its QR. */
export function enterGuest(join: string, name: string): Promise<SessionBody | Refusal> {
  return enter({ join, name })
}

/** Pair this browser, with a key of its own where it can make one. */
export async function enterPaired(code: string, name: string): Promise<SessionBody | Refusal> {
  const key = await makeKey()
  return enter({ pair: code, name, ...(key && { key }) })
}

async function enter(body: Readonly<Record<string, unknown>>): Promise<SessionBody | Refusal> {
  const answer = await post<SessionBody>('session', body)
  if (!isRefusal(answer)) who.value = answer
  return answer
}

/** Send a body; the answer, or why not. */
export async function post<T extends object>(path: string, body: object): Promise<T | Refusal> {
  return change<T>('POST', path, body)
}

/** Send a change; the answer, or why not. */
export async function change<T extends object>(
  method: 'POST' | 'DELETE',
  path: string,
  body: object | null,
): Promise<T | Refusal> {
  try {
    const answer = await fetch(`${API}/${path}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const found = (await answer.json()) as T & Partial<Refusal>
    return answer.ok ? found : { code: found.code ?? 'internal', params: found.params ?? {} }
  } catch {
    return { code: 'conn.notsent', params: {} }
  }
}

/** Take a secret out of the address (`#pair=…`, `#join=…`), so that it is in no history. */
export function secretInAddress(name: 'pair' | 'join'): string {
  const found = new URLSearchParams(location.hash.slice(1)).get(name)
  if (found === null) return ''
  history.replaceState(null, '', location.pathname + location.search)
  return found
}
