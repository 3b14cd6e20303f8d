import { expect, test } from 'vitest'
import type { DeviceShape, PointBody, RoomShape } from '../wire/wire.gen'
import { faults } from './faults'
import { named } from './names'
import { takeSnapshot } from './points'
import { canStop, device, deviceOf, moving, takeRoom } from './room'

const lift: DeviceShape = {
  id: 'lift.main',
  kind: 'lift',
  name: { zh: '升降台', en: 'Lift' },
  driver: 'lift_ff5',
  capabilities: ['Motion'],
  points: { moving: { type: 'enum' } },
  commands: { stop: {} },
}
const room: RoomShape = {
  id: 'demo',
  name: { zh: '房间', en: 'Room' },
  version: '0',
  build: 'b',
  language: 'zh',
  contact: { zh: '信息科', en: 'IT' },
  idle_after: 300,
  plan: null,
  scenes: [],
  zones: [],
  devices: [lift, { ...lift, id: 'lift', name: { zh: '另一台', en: 'Other' }, misconfigured: 'room.yaml:4' }],
}
const told = (value: PointBody['value'], more: Partial<PointBody> = {}): PointBody => ({
  value,
  quality: 'assumed',
  ts: 5,
  ...more,
})

test('a path finds the longest device id, for ids have dots', () => {
  takeRoom(room)
  expect(deviceOf('lift.main.moving')?.id).toBe('lift.main')
  expect(deviceOf('lift.position')?.id).toBe('lift')
  expect(deviceOf('nobody.power')).toBeNull()
  expect(device('lift.main')).toBe(lift)
})

test('what moves, and what is asked to move, is moving; a stale word of it is not', () => {
  takeRoom(room)
  const moves = (body: PointBody) => {
    takeSnapshot({ 'lift.main.moving': body })
    return moving.value.length
  }
  expect(moves(told('up'))).toBe(1)
  expect(moves(told('none'))).toBe(0)
  expect(moves(told('none', { quality: 'pending', desired: 'up' }))).toBe(1)
  expect(moves(told('up', { quality: 'stale' }))).toBe(0)
  expect(canStop.value).toBe(true)
})

test('a wrong entry and a lost device are faults', () => {
  takeRoom(room)
  takeSnapshot({ 'lift.main.online': told(false) })
  expect(faults.value.map((fault) => fault.what)).toEqual(['offline', 'misconfigured'])
})

test('parameters name a device as people do, and the contact', () => {
  takeRoom(room)
  expect(named({ device: 'lift.main', s: 3 })).toEqual({ device: lift.name, contact: room.contact, s: 3 })
})
