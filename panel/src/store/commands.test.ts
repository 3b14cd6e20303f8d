import { expect, test } from 'vitest'
import { begin, dismiss, failures, finish, isFailure, loseAll, newestOf, settle } from './commands'

const end = (outcome: string) => ({ outcome, code: null, params: {} })

test('an outcome that nobody knows is a failure, never a success', () => {
  expect(isFailure(end('splendid'))).toBe(true)
  expect(isFailure(end('confirmed'))).toBe(false)
  expect(isFailure(end('refused'))).toBe(false)
})

test('a failure counts until the device succeeds', () => {
  const first = begin('lamp', 'power', 'on', {})
  finish(first.id, end('timeout'))
  expect(failures.value.has('lamp')).toBe(true)
  finish(begin('lamp', 'power', 'on', {}).id, end('confirmed'))
  expect(failures.value.has('lamp')).toBe(false)
})

test('a late answer to an older command does not touch the newer one', () => {
  const older = begin('lift', 'motion', 'up', {})
  const newer = begin('lift', 'motion', 'down', {})
  finish(older.id, end('timeout'))
  expect(newestOf('lift', 'motion').value).toEqual(newer)
  expect(failures.value.has('lift')).toBe(false)
})

test('a broken connection leaves the result unknown until the device reports', () => {
  begin('ac', 'set', 'set', {})
  loseAll()
  expect(newestOf('ac', 'set').value?.end?.code).toBe('cmd.unknown')
  settle('ac', false)
  expect(newestOf('ac', 'set').value).toBeNull()
})

test('offline is over when the device is online again, not at any word of it', () => {
  finish(begin('tv', 'power', 'on', {}).id, end('offline'))
  settle('tv', false)
  expect(failures.value.has('tv')).toBe(true)
  settle('tv', true)
  expect(failures.value.has('tv')).toBe(false)
})

test('an end that was read can be dropped, a newer one cannot', () => {
  const asked = begin('relay', 'on.1', 'on', {})
  finish(asked.id, end('refused'))
  begin('relay', 'on.1', 'off', {})
  dismiss(asked)
  expect(newestOf('relay', 'on.1').value?.command).toBe('off')
})
