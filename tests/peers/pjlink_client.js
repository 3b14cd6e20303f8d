// Drives a projector with npm's pjlink and prints what it saw, as JSON.
// Arguments: port, password or nothing, then `look`, `switch` or `set`.
'use strict'
process.noDeprecation = true // pjlink 0.2.8 is old
const util = require('util')
util.isArray ??= Array.isArray // Node takes it away one day
const PJLink = require('pjlink')

const [port, password, what] = process.argv.slice(2)
const client = new PJLink('127.0.0.1', Number(port), password || undefined)

const call = (name, ...args) =>
  new Promise((resolve, reject) => {
    client[name](...args, (error, value) => (error ? reject(error) : resolve(value)))
  })

async function until(state) {
  while ((await call('getPowerState')) !== state) continue
}

const jobs = {
  async look() {
    const seen = {}
    for (const name of ['Name', 'Manufacturer', 'Model', 'Class', 'Lamps', 'Errors', 'Inputs', 'PowerState'])
      seen[name] = await call(`get${name}`)
    return seen
  },
  async switch() {
    const seen = [await call('getPowerState')]
    await call('powerOn')
    seen.push(await call('getPowerState'))
    await until(PJLink.POWER.ON)
    await call('powerOff')
    seen.push(await call('getPowerState'))
    await until(PJLink.POWER.OFF)
    return seen
  },
  async set() {
    const seen = { inputs: [(await call('getInput')).code], mute: [] }
    await call('setInput', '11')
    seen.inputs.push((await call('getInput')).code)
    for (const wish of [{ video: true }, { video: true, audio: true }]) {
      await call('setMute', wish)
      seen.mute.push(await call('getMute'))
    }
    seen.error = await call('setInput', '49').then(() => 'none', (error) => error.message)
    return seen
  },
}

jobs[what]()
  .then((seen) => ({ seen }), (error) => ({ error: String(error.message) }))
  .then((result) => {
    console.log(JSON.stringify(result))
    process.exit(0)
  })
