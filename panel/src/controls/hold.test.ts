import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { attachHold, endAllHolds, Hold, isHolding } from './hold'

let sent: string[]
let ended: () => void
let active: boolean[]
let advice: number
let hold: Hold

beforeEach(() => {
  vi.useFakeTimers()
  sent = []
  active = []
  advice = 0
  hold = new Hold(
    (tell) => {
      ended = tell
      sent.push('hold')
      return {
        keep: (args) => sent.push(args ? `keep ${JSON.stringify(args)}` : 'keep'),
        release: () => sent.push('release'),
      }
    },
    {
      changed: (now) => active.push(now),
      interrupted: () => {
        advice += 1
      },
    },
  )
})

afterEach(() => {
  hold.end('cancel')
  vi.useRealTimers()
})

test('it keeps every 150 ms and releases once', () => {
  hold.start()
  vi.advanceTimersByTime(460)
  hold.end('release')
  hold.end('release')
  vi.advanceTimersByTime(1000)
  expect(sent).toEqual(['hold', 'keep', 'keep', 'keep', 'release'])
  expect(active).toEqual([true, false])
})

test('what the daemon has ended is not released, and does not begin again by itself', () => {
  hold.start()
  ended()
  vi.advanceTimersByTime(1000)
  expect(sent).toEqual(['hold'])
  expect(hold.active).toBe(false)
})

test('a second finger press while held starts nothing', () => {
  hold.start()
  hold.start()
  expect(sent).toEqual(['hold'])
})

test('a tick later than 300 ms ends it: the page was stopped meanwhile', () => {
  hold.start()
  vi.setSystemTime(Date.now() + 500)
  vi.advanceTimersByTime(150)
  expect(sent).toEqual(['hold', 'release'])
})

test('other arguments go with the next keep, once', () => {
  hold.start()
  hold.steer({ pan: 1 })
  vi.advanceTimersByTime(310)
  expect(sent).toEqual(['hold', 'keep {"pan":1}', 'keep'])
})

test('a sheet ends every hold', () => {
  hold.start()
  expect(isHolding()).toBe(true)
  endAllHolds()
  expect(isHolding()).toBe(false)
  expect(sent.at(-1)).toBe('release')
})

test('three short cancelled holds in a row give the advice, released ones do not', () => {
  for (const why of ['cancel', 'release', 'cancel', 'cancel', 'cancel'] as const) {
    hold.start()
    vi.advanceTimersByTime(200)
    hold.end(why)
  }
  expect(advice).toBe(1)
})

function button(): HTMLButtonElement {
  const element = document.createElement('button')
  element.setPointerCapture = () => undefined
  document.body.append(element)
  return element
}

function pointer(type: string, more: PointerEventInit = {}): PointerEvent {
  return new PointerEvent(type, { pointerId: 1, isPrimary: true, button: 0, bubbles: true, ...more })
}

test.each(['pointerup', 'pointercancel', 'lostpointercapture'])('%s ends it', (type) => {
  const element = button()
  const off = attachHold(element, hold)
  element.dispatchEvent(pointer('pointerdown'))
  expect(hold.active).toBe(true)
  element.dispatchEvent(pointer(type))
  expect(hold.active).toBe(false)
  off()
})

test.each([
  ['blur of the window', () => window.dispatchEvent(new Event('blur'))],
  ['pagehide', () => window.dispatchEvent(new Event('pagehide'))],
  ['visibilitychange', () => document.dispatchEvent(new Event('visibilitychange'))],
] as const)('%s ends it', (_, happen) => {
  const element = button()
  const off = attachHold(element, hold)
  element.dispatchEvent(pointer('pointerdown'))
  happen()
  expect(hold.active).toBe(false)
  off()
})

test('sliding off ends it, and sliding back starts nothing; a thumb may roll a little', () => {
  const element = button()
  element.getBoundingClientRect = () => new DOMRect(100, 100, 100, 100)
  const off = attachHold(element, hold)
  element.dispatchEvent(pointer('pointerdown', { clientX: 150, clientY: 150 }))
  element.dispatchEvent(pointer('pointermove', { clientX: 210, clientY: 90 }))
  expect(hold.active).toBe(true)
  element.dispatchEvent(pointer('pointermove', { clientX: 150, clientY: 230 }))
  expect(hold.active).toBe(false)
  element.dispatchEvent(pointer('pointermove', { clientX: 150, clientY: 150 }))
  expect(hold.active).toBe(false)
  off()
})

test('a second pointer or another button ends it and never starts it', () => {
  const element = button()
  const off = attachHold(element, hold)
  element.dispatchEvent(pointer('pointerdown'))
  element.dispatchEvent(pointer('pointerdown', { pointerId: 2, isPrimary: false }))
  expect(hold.active).toBe(false)
  element.dispatchEvent(pointer('pointerdown', { button: 2 }))
  expect(hold.active).toBe(false)
  off()
})

test('keys hold while they are down; a repeating key starts nothing', () => {
  const element = button()
  const off = attachHold(element, hold)
  element.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', repeat: true }))
  expect(hold.active).toBe(false)
  element.dispatchEvent(new KeyboardEvent('keydown', { key: ' ' }))
  expect(hold.active).toBe(true)
  element.dispatchEvent(new KeyboardEvent('keyup', { key: ' ' }))
  expect(hold.active).toBe(false)
  off()
})

test('a button that goes away ends it', () => {
  const element = button()
  const off = attachHold(element, hold)
  element.dispatchEvent(pointer('pointerdown'))
  off()
  expect(sent.at(-1)).toBe('release')
})
