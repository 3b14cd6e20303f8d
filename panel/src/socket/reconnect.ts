/** Seconds before each attempt to come back, the schedule of all links; the last repeats for ever. */
const SCHEDULE = [0.2, 0.5, 1, 2, 5]
const SPREAD = 0.2

/** Milliseconds to wait before attempt number `attempt` (from 0); `random` gives 0..1. */
export function delay(attempt: number, random: () => number = Math.random): number {
  const base = SCHEDULE[Math.min(attempt, SCHEDULE.length - 1)] ?? 5
  return base * 1000 * (1 + SPREAD * (2 * random() - 1))
}
