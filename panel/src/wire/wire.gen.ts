// Written by scripts/generate; changes here are lost.
// biome-ignore-all format: written by a program
// biome-ignore-all lint: written by a program


/** Run a command; answered by one `outcome` with the same id. */
export type CommandMessage = {
  readonly type: "command"
  readonly id: string
  readonly device: string
  readonly command: string
  readonly args?: Readonly<Record<string, unknown>>
}

/** First message: give me what changed since `last_seq`, or all. */
export type Hello = {
  readonly type: "hello"
  /** Number of the last patch seen; left out for a snapshot. */
  readonly last_seq?: number | null
}

/** A finger is on a button: run until `release`, or 400 ms after the last `keep`. */
export type HoldMessage = {
  readonly type: "hold"
  readonly id: string
  readonly device: string
  readonly command: string
  readonly args?: Readonly<Record<string, unknown>>
}

/** The finger is still there; every 150 ms. `args` change a camera's drive. */
export type Keep = {
  readonly type: "keep"
  readonly id: string
  readonly args?: Readonly<Record<string, unknown>> | null
}

/** Are you there? Answered by `pong`. */
export type Ping = {
  readonly type: "ping"
}

/** The finger is gone. */
export type Release = {
  readonly type: "release"
  readonly id: string
}

/** Stop everything that moves. */
export type Stop = {
  readonly type: "stop"
}

/** Send these topics from now on, and no others. */
export type Watch = {
  readonly type: "watch"
  /** `meters`, `trace:<device>`, `trace:*`. */
  readonly topics: readonly (string)[]
}

export type ClientMessage = Hello | CommandMessage | HoldMessage | Keep | Release | Stop | Ping | Watch
