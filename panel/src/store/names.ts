import { device, room } from './room'

type Params = Readonly<Record<string, unknown>>

/** Parameters as people read them: a device by its name, the room's contact where one is needed. */
export function named(params: Params): Params {
  const id = params.device
  const found = typeof id === 'string' ? device(id) : null
  return {
    contact: room.value?.contact ?? null,
    ...params,
    ...(found ? { device: found.name } : {}),
  }
}
