/** Speeds of a camera, each -1..1: right, up and in are positive. */
export interface Drive {
  readonly pan: number
  readonly tilt: number
  readonly zoom: number
}

const OUT = 0.12
const IN = 0.08
const STEPS = 20

/**
 * Turn the finger's place on the pad into speeds, or null inside the dead zone.
 *
 * `x` and `y` are -1..1 from the middle, y down. `moving`: the zone is smaller once left, so that a
 * trembling finger does not start and stop.
 */
export function direction(x: number, y: number, moving: boolean): Drive | null {
  const radius = Math.min(1, Math.hypot(x, y))
  if (radius <= (moving ? IN : OUT)) return null
  const angle = Math.atan2(-y, x)
  return { pan: rounded(radius * Math.cos(angle)), tilt: rounded(radius * Math.sin(angle)), zoom: 0 }
}

function rounded(value: number): number {
  return Math.round(value * STEPS) / STEPS + 0
}
