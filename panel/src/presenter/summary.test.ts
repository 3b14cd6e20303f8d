import { beforeEach, expect, test } from 'vitest'
import { language } from '../i18n/t'
import { takeSnapshot } from '../store/points'
import type { DeviceShape, PointBody, PointShape } from '../wire/wire.gen'
import { summaryOf } from './summary'

const device = (points: Record<string, PointShape>, more: Partial<DeviceShape> = {}): DeviceShape => ({
  id: 'x',
  kind: 'thing',
  name: { zh: '物', en: 'Thing' },
  driver: 'd',
  capabilities: [],
  points,
  commands: { stop: {} },
  ...more,
})
const told = (value: PointBody['value'], quality: PointBody['quality'] = 'confirmed'): PointBody => ({
  value,
  quality,
  ts: 1,
})

beforeEach(() => {
  language.value = 'en'
})

test('a relay board says how many channels are on, not what the first one does', () => {
  const board = device({ 'ch.1.state': { type: 'bool' }, 'ch.2.state': { type: 'bool' } })
  takeSnapshot({ 'x.ch.1.state': told(false), 'x.ch.2.state': told(true) })
  expect(summaryOf(board).text).toBe('1 of 2 on')
  takeSnapshot({ 'x.ch.1.state': told(false), 'x.ch.2.state': told(false) })
  expect(summaryOf(board).text).toBe('Off')
})

test('a matrix says what goes where', () => {
  const matrix = device({ 'out.1.input': { type: 'int' }, 'out.2.input': { type: 'int' } })
  takeSnapshot({ 'x.out.1.input': told(3), 'x.out.2.input': told(0) })
  expect(summaryOf(matrix).text).toBe('3→1')
})

test('a position that nobody knows is said to be just that', () => {
  expect(summaryOf(device({ moving: { type: 'enum' }, position: { type: 'number' } })).text).toBe(
    'Position unknown',
  )
})

test('an air conditioner that is on says its temperature, one that is off does not', () => {
  const climate = device({ power: { type: 'bool' }, target: { type: 'number', unit: '°C' } })
  takeSnapshot({ 'x.power': told(true), 'x.target': told(24) })
  expect(summaryOf(climate)).toMatchObject({ on: true, text: 'On · 24 °C' })
  takeSnapshot({ 'x.power': told(false), 'x.target': told(24) })
  expect(summaryOf(climate)).toMatchObject({ on: false, text: 'Off' })
})

test('a sensor is read: no word of who operated it', () => {
  const sensor = device({ value: { type: 'number', unit: '°C' } }, { commands: {} })
  takeSnapshot({ 'x.value': told(24.5, 'observed') })
  expect(summaryOf(sensor)).toMatchObject({ reads: true, text: '24.5 °C' })
})
