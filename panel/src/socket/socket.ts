import type { ClientMessage } from '../wire/wire.gen'
import type { Sign } from './key'
import { delay } from './reconnect'

const PING_MS = 2000
const LOOK_MS = 500
const LOST_MS = 5000
const STALE_MS = 1000

/** What the socket tells of itself; messages come as parsed JSON of any shape. */
export interface Listener {
  opened(): void
  message(body: unknown): void
  /** The connection is gone; `never` means that it did not open at all. */
  lost(never: boolean): void
  stale(): void
}

/** One WebSocket that comes back by itself. Nothing is queued while it is down. */
export class Socket {
  /** Number of the newest change seen, told with `hello`. */
  lastSeq: number | null = null
  /** Signs the daemon's challenge, on a paired tablet with a key; then `hello` waits for the challenge. */
  sign: Sign | null = null
  private socket: WebSocket | null = null
  private attempt = 0
  private heard = 0
  private greeted = false
  private ended = false
  private retry: ReturnType<typeof setTimeout> | undefined
  private pings: ReturnType<typeof setInterval> | undefined
  private ageing: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly url: string,
    private readonly listener: Listener,
    private readonly make: (url: string) => WebSocket = (address) => new WebSocket(address),
  ) {}

  get open(): boolean {
    return this.socket?.readyState === 1
  }

  /** Begin, and stay until `end`. */
  connect(): void {
    this.ended = false
    clearTimeout(this.retry)
    if (this.socket) return
    const socket = this.make(this.url)
    this.socket = socket
    socket.onopen = () => this.greet(socket)
    socket.onmessage = (event) => this.take(socket, String(event.data))
    socket.onclose = () => this.drop(socket)
    // A handshake that nobody answers counts as lost after the same time as silence.
    this.watchSilence(socket)
  }

  /** Try at once instead of waiting (the network came back, the page is looked at again). */
  hurry(): void {
    if (!this.ended && !this.socket) this.connect()
  }

  /** Close for good. */
  end(): void {
    this.ended = true
    clearTimeout(this.retry)
    const socket = this.socket
    if (socket) this.drop(socket)
  }

  /** Send now. Returns false, and forgets the message, when there is no connection. */
  send(message: ClientMessage): boolean {
    if (!this.open || !this.socket) return false
    this.socket.send(JSON.stringify(message))
    return true
  }

  private greet(socket: WebSocket): void {
    if (socket !== this.socket) return
    this.attempt = 0
    this.greeted = true
    this.heard = Date.now()
    if (this.sign === null) this.hello(null)
  }

  private hello(proof: string | null): void {
    this.send({ type: 'hello', last_seq: this.lastSeq, ...(proof !== null && { proof }) })
    this.listener.opened()
  }

  /** Sign a challenge; the connection may have gone meanwhile. */
  private async prove(socket: WebSocket, nonce: string): Promise<void> {
    const proof = await this.sign?.(nonce)
    if (socket === this.socket) this.hello(proof ?? null)
  }

  private watchSilence(socket: WebSocket): void {
    this.greeted = false
    this.heard = Date.now()
    let pinged = this.heard
    clearInterval(this.pings)
    this.pings = setInterval(() => {
      const now = Date.now()
      if (now - this.heard >= LOST_MS) this.drop(socket)
      else if (now - pinged >= PING_MS && this.send({ type: 'ping' })) pinged = now
    }, LOOK_MS)
  }

  private take(socket: WebSocket, text: string): void {
    if (socket !== this.socket) return
    clearTimeout(this.ageing)
    this.ageing = undefined
    this.heard = Date.now()
    let body: unknown = null
    try {
      body = JSON.parse(text)
    } catch {
      // Told as null: the listener counts what it cannot use.
    }
    const challenge = body as { type?: unknown; nonce?: unknown } | null
    if (challenge?.type === 'challenge' && this.sign) void this.prove(socket, String(challenge.nonce))
    this.listener.message(body)
  }

  private drop(socket: WebSocket): void {
    if (socket !== this.socket) return
    this.socket = null
    clearInterval(this.pings)
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
    this.listener.lost(!this.greeted)
    this.ageing ??= setTimeout(() => this.listener.stale(), STALE_MS)
    if (this.ended) return
    this.retry = setTimeout(() => this.connect(), delay(this.attempt))
    this.attempt += 1
  }
}
