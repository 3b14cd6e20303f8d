import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Listener, Socket } from './socket'

class FakeWebSocket {
  readyState = 0
  sent: unknown[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: (() => void) | null = null

  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }
  close(): void {
    this.readyState = 3
  }
  accept(): void {
    this.readyState = 1
    this.onopen?.()
  }
}

let made: FakeWebSocket[]
let told: string[]
let socket: Socket

const listener: Listener = {
  opened: () => told.push('opened'),
  message: (body) => told.push(`message ${JSON.stringify(body)}`),
  lost: (never) => told.push(never ? 'never' : 'lost'),
  stale: () => told.push('stale'),
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  made = []
  told = []
  socket = new Socket('ws://room/ws', listener, () => {
    const fake = new FakeWebSocket()
    made.push(fake)
    return fake as unknown as WebSocket
  })
  socket.connect()
})

afterEach(() => {
  socket.end()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const last = () => made.at(-1) as FakeWebSocket

test('it says hello with the last number seen', () => {
  socket.lastSeq = 41
  last().accept()
  expect(last().sent).toEqual([{ type: 'hello', last_seq: 41 }])
})

test('it pings every two seconds', () => {
  last().accept()
  for (let i = 0; i < 3; i += 1) {
    vi.advanceTimersByTime(2000)
    last().onmessage?.({ data: '{"type":"pong"}' })
  }
  expect(last().sent.filter((m) => (m as { type: string }).type === 'ping')).toHaveLength(3)
})

test('five seconds of silence are a lost connection, one more makes the page stale', () => {
  last().accept()
  vi.advanceTimersByTime(5000)
  expect(told).toEqual(['opened', 'lost'])
  vi.advanceTimersByTime(1000)
  expect(told).toContain('stale')
})

test('nothing is queued while it is down', () => {
  last().accept()
  last().onclose?.()
  expect(socket.send({ type: 'stop' })).toBe(false)
  vi.advanceTimersByTime(200)
  last().accept()
  expect(last().sent).toEqual([{ type: 'hello', last_seq: null }])
})

test('a connection that comes back within a second never was stale', () => {
  last().accept()
  last().onclose?.()
  vi.advanceTimersByTime(200)
  last().accept()
  last().onmessage?.({ data: '{}' })
  vi.advanceTimersByTime(3000)
  expect(told).not.toContain('stale')
})

test('attempts follow the schedule, and the page coming into view hurries', () => {
  last().onclose?.()
  vi.advanceTimersByTime(200)
  last().onclose?.()
  expect(made).toHaveLength(2)
  socket.hurry()
  expect(made).toHaveLength(3)
})

test('what is no JSON is told as nothing', () => {
  last().accept()
  last().onmessage?.({ data: 'rubbish' })
  expect(told.at(-1)).toBe('message null')
})
