// Drives a camera with npm's visca-over-ip and prints what it was told, as one JSON line for each step.
// Arguments: port, then steps as JSON: [["cameraPower", true], ...]; ["inquiry", 4, [0x47]] asks.
'use strict'
const { ViscaCamera, ViscaCommand, Constants } = require('visca-over-ip')

const [port, steps] = process.argv.slice(2)
const camera = new ViscaCamera('127.0.0.1', Number(port))

function commandOf([name, ...args]) {
  if (name !== 'inquiry') return ViscaCommand[name](...args)
  const [dataType, data] = args
  return new ViscaCommand({ messageType: Constants.MSGTYPE_INQUIRY, dataType, data })
}

function run(step) {
  return new Promise((resolve) => {
    const told = []
    const command = commandOf(step)
    const end = (word, value) => {
      told.push(value === undefined ? word : [word, value])
      resolve({ sent: Buffer.from(command.toPacket()).toString('hex'), told })
    }
    command.on('ack', () => told.push('ack'))
    command.on('complete', ([data]) => end('complete', data))
    command.on('error', ([error]) => end('error', error.message))
    camera.on('error', ([error]) => end('refused', error.message))
    camera.sendCommand(command)
  })
}

async function main() {
  for (const step of JSON.parse(steps)) console.log(JSON.stringify(await run(step)))
  process.exit(0)
}

camera.client.on('connect', main)
