import { signal } from '@preact/signals'
import { getBody } from '../socket/actions'

/** What lets guests in now, as `GET /api/v1/join` has it. */
export interface JoinCode {
  readonly code: string
  readonly digits_off: boolean
  readonly url: string
  /** SVG of the QR. */
  readonly qr: string
  readonly seconds: number
}

export const joinCode = signal<JoinCode | null>(null)
const AGAIN_MS = 5000

/** Keep the code up to date while the page is open; returns what ends that. */
export function followJoinCode(): () => void {
  const ask = async () => {
    joinCode.value = await getBody<JoinCode>('join')
  }
  void ask()
  const timer = setInterval(() => void ask(), AGAIN_MS)
  return () => clearInterval(timer)
}

/** Six digits as people read them. */
export function inThrees(code: string): string {
  return `${code.slice(0, 3)} ${code.slice(3)}`
}
