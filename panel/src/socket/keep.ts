/** Say that somebody is here; the daemon's answer comes as the end of the countdown. */
export async function keepRoom(): Promise<boolean> {
  try {
    const answer = await fetch('./api/v1/occupancy/keep', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    })
    return answer.ok
  } catch {
    return false
  }
}
