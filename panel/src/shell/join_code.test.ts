import { expect, test } from 'vitest'
import { inThrees } from './join_code'

test('six digits are read in threes', () => {
  expect(inThrees('482713')).toBe('482 713')
})
