import { expect, test } from 'vitest'
import type { DeviceShape } from '../wire/wire.gen'
import { controlsOf } from './index'

const device = (more: Partial<DeviceShape>): DeviceShape => ({
  id: 'x',
  kind: 'thing',
  name: { zh: '物', en: 'Thing' },
  driver: 'd',
  capabilities: [],
  points: {},
  commands: {},
  ...more,
})
const kinds = (shape: DeviceShape) => controlsOf(shape).map((control) => `${control.kind} ${control.id}`)

test('a kind that nobody knows gets working controls from its description alone', () => {
  const fountain = device({
    kind: 'fountain',
    points: {
      power: { type: 'bool' },
      level: { type: 'number', min: 0, max: 100, step: 5, unit: '%' },
      moving: { type: 'enum' },
    },
    commands: {
      on: {},
      off: {},
      set: { args: { level: { type: 'number', min: 0, max: 100 } } },
      up: { run: 'hold' },
      down: { run: 'hold' },
      stop: {},
    },
  })
  expect(kinds(fountain)).toEqual(['toggle power', 'updown motion', 'fader set'])
})

test('an air conditioner is a toggle, a stepper and segments', () => {
  const optional = { optional: true }
  const shape = device({
    points: {
      power: { type: 'bool' },
      mode: { type: 'enum', values: ['auto', 'cool'] },
      target: { type: 'number', min: 16, max: 30, step: 1, unit: '°C' },
      current: { type: 'number', unit: '°C' },
    },
    commands: {
      set: {
        args: {
          power: { type: 'bool', ...optional },
          mode: { type: 'enum', values: ['auto', 'cool'], ...optional },
          target: { type: 'number', min: 16, max: 30, ...optional },
        },
      },
    },
  })
  expect(kinds(shape)).toEqual([
    'toggle set.power',
    'stepper set.target',
    'segment set.mode',
    'readout read.current',
  ])
})

test('degrees go in whole steps where the driver names none', () => {
  const target = { type: 'number', min: 16, max: 30, unit: '°C' } as const
  const shape = device({ points: { target }, commands: { set: { args: { target } } } })
  expect(controlsOf(shape)[0]).toMatchObject({ kind: 'stepper', step: 1 })
})

test('channels of a relay board are toggles that say which', () => {
  const number = { type: 'int', min: 1, max: 2 } as const
  const shape = device({
    points: { 'ch.1.state': { type: 'bool' }, 'ch.2.state': { type: 'bool' } },
    commands: { off: { args: { channel: number } }, on: { args: { channel: number } }, all_off: {} },
  })
  const controls = controlsOf(shape)
  expect(kinds(shape)).toEqual(['toggle on.1', 'toggle on.2', 'button all_off'])
  expect(controls[1]).toMatchObject({ on: { command: 'on', args: { channel: 2 } }, point: 'ch.2.state' })
})

test('outputs of a matrix choose among its inputs', () => {
  const shape = device({
    points: { 'out.1.input': { type: 'int' }, 'out.2.input': { type: 'int' } },
    commands: {
      route: { args: { in: { type: 'int', min: 0, max: 3 }, out: { type: 'int', min: 1, max: 2 } } },
    },
  })
  expect(controlsOf(shape)[1]).toMatchObject({
    kind: 'segment',
    point: 'out.2.input',
    arg: 'in',
    fixed: { out: 2 },
    values: [0, 1, 2, 3],
  })
})

test('a camera has a pad and presets from 1', () => {
  const speed = { type: 'number', min: -1, max: 1, optional: true } as const
  const shape = device({
    points: { moving: { type: 'bool' }, preset: { type: 'int' } },
    commands: {
      drive: { args: { pan: speed, tilt: speed, zoom: speed }, run: 'hold' },
      stop: {},
      home: {},
      preset_recall: { args: { preset: { type: 'int', min: 0, max: 254 } } },
      preset_save: { args: { preset: { type: 'int', min: 0, max: 254 } } },
    },
  })
  expect(kinds(shape)).toEqual(['pad drive', 'presets presets', 'button home'])
  expect(controlsOf(shape)[1]).toMatchObject({
    numbers: [1, 2, 3, 4, 5, 6],
    arg: 'preset',
    save: 'preset_save',
  })
})

test('a point that command and argument name together is the one that is set', () => {
  const shape = device({
    points: { autofocus: { type: 'bool' } },
    commands: { focus: { args: { auto: { type: 'bool' } } } },
  })
  expect(controlsOf(shape)).toMatchObject([{ kind: 'toggle', name: 'autofocus', point: 'autofocus' }])
})

test('a choice that no point reports is a button for each way', () => {
  const shape = device({
    commands: { focus_step: { args: { direction: { type: 'enum', values: ['near', 'far'] } } } },
  })
  expect(kinds(shape)).toEqual(['button focus_step.near', 'button focus_step.far'])
  expect(controlsOf(shape)[1]).toMatchObject({ command: 'focus_step', args: { direction: 'far' } })
})

test('a sensor is read only', () => {
  expect(kinds(device({ points: { value: { type: 'number' }, online: { type: 'bool' } } }))).toEqual([
    'readout read.value',
  ])
})

test('a switch that is a command of one argument is a toggle', () => {
  const shape = device({
    points: { blank: { type: 'bool' } },
    commands: { blank: { args: { on: { type: 'bool' } } } },
  })
  expect(controlsOf(shape)[0]).toMatchObject({ kind: 'toggle', point: 'blank', on: { args: { on: true } } })
})
