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
  /** Run what the refusing rule offers first, then the command. */
  readonly satisfy?: boolean
  /** Pass a rule, with a reason; operators only. */
  readonly override?: Override | null
}

/** First message: give me what changed since `last_seq`, or all. */
export type Hello = {
  readonly type: "hello"
  /** Number of the last patch seen; left out for a snapshot. */
  readonly last_seq?: number | null
  /** Signature of the `challenge`, by a paired tablet that has a key; base64url. */
  readonly proof?: string | null
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

/** Pass one rule for one command, where the rule allows it. */
export type Override = {
  /** Id of the rule. */
  readonly rule: string
  /** Why, in the person's own words; it is recorded. */
  readonly reason: string
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

/** Run a scene; answered by one `outcome` with the same id. */
export type SceneMessage = {
  readonly type: "scene"
  readonly id: string
  readonly scene: string
  /** Only say what it would do. */
  readonly dry_run?: boolean
  /** Run it although a step will be refused. */
  readonly force?: boolean
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

export type ClientMessage = Hello | CommandMessage | HoldMessage | Keep | Release | SceneMessage | Stop | Ping | Watch

/** What an argument of a command may be. */
export type ArgShape = {
  /** Type of the value. */
  readonly type: "bool" | "int" | "number" | "enum" | "string" | "duration"
  /** Lowest number. */
  readonly min?: number | null
  /** Highest number. */
  readonly max?: number | null
  /** Distance between two numbers that make a difference. */
  readonly step?: number | null
  /** Unit of the numbers. */
  readonly unit?: string | null
  /** Choices of an `enum`. */
  readonly values?: readonly (string)[] | null
  /** True where it may be left out. */
  readonly optional?: boolean | null
}

/** The last message before the daemon closes. */
export type ByeMessage = {
  readonly type: "bye"
  /** Why. */
  readonly code: "restart" | "expired" | "revoked" | "slow" | "rate_limited"
}

/** Sent first to a paired tablet that has a key: `hello` must carry its signature, before anything else counts. */
export type ChallengeMessage = {
  readonly type: "challenge"
  /** What is signed, as `roomd-device:1:<nonce>`, by ECDSA with P-256 and SHA-256; `proof` is base64url of r and s. */
  readonly nonce: string
}

/** One command of a device. */
export type CommandShape = {
  /** Arguments by name. */
  readonly args?: Readonly<Record<string, ArgShape>> | null
  /** For motion: whether a finger must stay on the button. */
  readonly run?: "hold" | "tap" | null
}

/** The room has been left: a scene is about to run. Once a second; `POST /api/v1/occupancy/keep` ends it. */
export type CountdownMessage = {
  readonly type: "countdown"
  /** Id of the scene. */
  readonly scene: string
  /** Until it runs; null: the countdown is over, because somebody is there or the scene runs. */
  readonly seconds: number | null
}

/** One device, described so that a page needs to know no driver. */
export type DeviceShape = {
  /** For example `lights.table`; a point's path is `<id>.<point>`. */
  readonly id: string
  /** For example `light`; a page draws a kind that it does not know as a card. */
  readonly kind: string
  /** What people call it. */
  readonly name: Words
  /** Id of its driver. */
  readonly driver: string
  /** What it can do, in drawing order. */
  readonly capabilities: readonly (string)[]
  /** Its points by name. */
  readonly points: Readonly<Record<string, PointShape>>
  /** Its commands by name. */
  readonly commands: Readonly<Record<string, CommandShape>>
  /** A camera whose picture can be fetched. */
  readonly preview?: boolean
  /** `file:line` of the mistake that keeps it from running, or the code where its driver failed. */
  readonly misconfigured?: string | null
}

/** A message of this client could not be used. */
export type ErrorMessage = {
  readonly type: "error"
  /** Why, as a code that has words. */
  readonly code: string
  /** What the words need. */
  readonly params: Readonly<Record<string, unknown>>
}

/** How a command ended; each ends in exactly one. */
export type OutcomeKind = "confirmed" | "sent" | "refused" | "superseded" | "expired" | "timeout" | "offline" | "cancelled" | "failed"

/** The one end of a command or hold of this client. */
export type OutcomeMessage = {
  /** Id of the command: the client's own on its WebSocket. */
  readonly id: string
  /** One of nine. */
  readonly outcome: OutcomeKind
  /** Why, as a code that has words; null where the outcome says all. */
  readonly code: string | null
  /** What the words for `code` need. */
  readonly params: Readonly<Record<string, unknown>>
  /** Frames that left for the device. */
  readonly tx: number
  /** Milliseconds from acceptance to the end. */
  readonly ms: number
  readonly type: "outcome"
}

/** Points that changed. */
export type PatchMessage = {
  readonly type: "patch"
  /** Number of the newest change in it. */
  readonly seq: number
  /** Changed points by path, whole. */
  readonly points: Readonly<Record<string, PointBody>>
}

/** One point now (control.md 1.1). */
export type PointBody = {
  /** What the device reported last; null where it is not known. */
  readonly value: boolean | number | string | null
  /** How far the value can be trusted. */
  readonly quality: Quality
  /** When it was reported, seconds since 1970. */
  readonly ts: number
  /** Unit of the number. */
  readonly unit?: string | null
  /** What was asked for, while `pending`. */
  readonly desired?: boolean | number | string | null
  /** Quality of `value` while `pending`. */
  readonly was?: Quality | null
  /** Id of the command that asked. */
  readonly by?: string | null
}

/** What a point's values look like. */
export type PointShape = {
  /** Type of its values. */
  readonly type: "bool" | "int" | "number" | "enum" | "string"
  /** Lowest number. */
  readonly min?: number | null
  /** Highest number. */
  readonly max?: number | null
  /** Distance between two numbers that make a difference. */
  readonly step?: number | null
  /** Unit of the numbers, for example `%`. */
  readonly unit?: string | null
  /** Choices of an `enum`. */
  readonly values?: readonly (string)[] | null
  /** Values on the way to another one, for example `warming`. */
  readonly via?: readonly (string)[] | null
}

/** The answer to `ping`. */
export type PongMessage = {
  readonly type: "pong"
}

/** How far a value can be trusted (control.md 1.1). */
export type Quality = "confirmed" | "observed" | "assumed" | "pending" | "stale" | "unknown" | "suspect"

/** The room. */
export type RoomShape = {
  /** Short id from the room file. */
  readonly id: string
  /** What people call it. */
  readonly name: Words
  /** Version of roomd. */
  readonly version: string
  /** Which build of the panel the daemon serves; another one than its own makes a page reload. */
  readonly build: string
  /** Language until a person chooses. */
  readonly language: "zh" | "en"
  /** Whom to call. */
  readonly contact: Words | null
  /** Seconds without a touch until a panel dims. */
  readonly idle_after: number
  /** The drawing as in the room file; null: a schematic; `none`: tiles only. */
  readonly plan: unknown
  /** Scenes, in the order of the room file. */
  readonly scenes: readonly (SceneShape)[]
  /** Parts of the room. */
  readonly zones: readonly (ZoneShape)[]
  /** All devices, in the order of the room file. */
  readonly devices: readonly (DeviceShape)[]
}

/** What a person has to hold before a run can go on. */
export type RunHold = {
  /** Id of the device. */
  readonly device: string
  /** Its command. */
  readonly command: string
}

/** A run of a scene has come on; sent to every panel. */
export type RunMessage = {
  /** Id of the run. */
  readonly run: string
  /** Id of its scene. */
  readonly scene: string
  /** The whole scene, only what had failed, or the way back. */
  readonly kind: "scene" | "retry" | "undo"
  /** How it goes on. */
  readonly state: "running" | "waiting_hold" | "ended"
  /** How it ended; null while it goes on. */
  readonly result: "ok" | "partial" | "failed" | "cancelled" | "superseded" | "interrupted" | null
  /** Who started it. */
  readonly by: string
  /** Steps that have ended. */
  readonly done: number
  /** Steps that there are, as far as that is known. */
  readonly total: number
  /** Steps that have ended, in the order in which they did. */
  readonly steps: readonly (RunStep)[]
  /** What it waits for in `waiting_hold`. */
  readonly hold: RunHold | null
  readonly type: "run"
}

/** How one command, or one wait, of a run ended. */
export type RunStep = {
  /** Place in the scene: `2`, `2.1`; `stop` is the stop of a cancelled run. */
  readonly step: string
  /** Device or zone; the point that was waited for; empty where no command could be made of it. */
  readonly device: string
  /** Its command, or `wait`. */
  readonly command: string
  /** Arguments of the command. */
  readonly args: Readonly<Record<string, unknown>>
  /** One of the nine, or `skipped` where it was so already. */
  readonly outcome: string
  /** Why, as a code that has words. */
  readonly code: string | null
  /** What the words for `code` need. */
  readonly params: Readonly<Record<string, unknown>>
  /** Milliseconds that it took. */
  readonly ms: number
}

/** One scene. */
export type SceneShape = {
  /** For example `start`. */
  readonly id: string
  /** What its button says. */
  readonly name: Words
  /** Scenes of one group exclude each other. */
  readonly group: string | null
  /** Ask once before it runs. */
  readonly confirm: boolean
  /** Id of the run that goes on, or null. */
  readonly run: string | null
}

/** All there is; first answer to `hello`, and again when the room changes. */
export type SnapshotMessage = {
  readonly type: "snapshot"
  /** Number of the newest change in it. */
  readonly seq: number
  readonly room: RoomShape
  /** All points by path. */
  readonly points: Readonly<Record<string, PointBody>>
}

/** One device's answer to STOP. */
export type StopAnswer = {
  /** How its stop ended. */
  readonly outcome: OutcomeKind
  /** Why. */
  readonly code: string | null
}

/** The answer to `stop`. */
export type StoppedMessage = {
  readonly type: "stopped"
  /** Device id -> how its stop ended. */
  readonly devices: Readonly<Record<string, StopAnswer>>
}

/** A piece of traffic, for those who watch `trace:<device>`. */
export type TraceMessage = {
  readonly type: "trace"
  /** Seconds since 1970. */
  readonly ts: number
  /** Id of the link. */
  readonly link: string
  /** Id of the device; empty where it belongs to none. */
  readonly device: string
  /** Sent, received, or something that happened to the line. */
  readonly direction: "tx" | "rx" | "link"
  /** Bytes as `81 01`. */
  readonly hex: string
  /** Bytes as text, others as dots. */
  readonly ascii: string
  /** MQTT topic, or HTTP method and path. */
  readonly topic: string
  /** What it means; secrets are masked. */
  readonly text: string
  /** Id of the command in whose name it was sent, or empty. */
  readonly command: string
  /** Messages left out so far because this client was slow. */
  readonly dropped: number
}

/** A text for people; a page shows the language that was chosen. */
export type Words = {
  /** Chinese. */
  readonly zh: string
  /** English. */
  readonly en: string
}

/** A part of the room; its id takes commands like a device's. */
export type ZoneShape = {
  /** For example `lights`. */
  readonly id: string
  /** What people call it. */
  readonly name: Words
  /** Ids of its devices. */
  readonly devices: readonly (string)[]
}

export type ServerMessage = SnapshotMessage | PatchMessage | OutcomeMessage | StoppedMessage | TraceMessage | RunMessage | CountdownMessage | ChallengeMessage | PongMessage | ErrorMessage | ByeMessage

/** Arguments of a command, as `/api/v1/room` describes them. */
export type Arguments = Readonly<Record<string, unknown>>

/** Body of `GET /api/v1/calendar`. */
export type CalendarBody = {
  /** The next 5, one that goes on included, by their start; those of the next 14 days. */
  readonly meetings: readonly (MeetingBody)[]
}

/** A room file's text. */
export type ConfigText = {
  /** YAML. */
  readonly text: string
}

/** A token, once. */
export type Credential = {
  /** As printed by the demo or at the first start. */
  readonly token: string
}

/** One device's line of the admin page. */
export type DeviceHealth = {
  /** Id of the device. */
  readonly id: string
  /** Id of its driver. */
  readonly driver: string
  /** Its kind. */
  readonly kind: string
  /** What people call it. */
  readonly name: Words
  /** `online`, `offline`, `starting`, `misconfigured`, ... */
  readonly state: string
  /** Why it is not online. */
  readonly code: string | null
  /** `file:line:column` of the mistake in the room file. */
  readonly place?: string | null
  /** Id of its link. */
  readonly link?: string | null
  /** Address or port of the link. */
  readonly endpoint?: string | null
  /** Age of the last answer in seconds; null: none yet. */
  readonly last_answer_s?: number | null
  /** Median time to an answer in milliseconds. */
  readonly p50_ms?: number | null
  /** 95th percentile of it. */
  readonly p95_ms?: number | null
  /** Exchanges without a good answer since the start. */
  readonly failures?: number | null
  /** Received rubbish by reason. */
  readonly junk?: Readonly<Record<string, number>> | null
  /** Times that the link came back. */
  readonly reconnects?: number | null
  /** Commands that wait in the lane. */
  readonly queue?: number | null
}

/** Body of `GET /api/v1/devices`. */
export type DevicesBody = {
  /** All devices, in the order of the room file. */
  readonly devices: readonly (DeviceHealth)[]
  /** Banners of the admin page, each with `code` and `params`. */
  readonly warnings: readonly (Readonly<Record<string, unknown>>)[]
}

/** Body of `POST /api/v1/occupancy/keep`. */
export type KeptBody = {
  /** Whether a countdown was ended by it. */
  readonly kept: boolean
}

/** One meeting. */
export type MeetingBody = {
  /** ISO 8601 with offset. */
  readonly start: string
  /** The same. */
  readonly end: string
  /** At most 120 characters. */
  readonly title: string
}

/** How a command ended; also the body of an answered command over HTTP. */
export type OutcomeBody = {
  /** Id of the command: the client's own on its WebSocket. */
  readonly id: string
  /** One of nine. */
  readonly outcome: OutcomeKind
  /** Why, as a code that has words; null where the outcome says all. */
  readonly code: string | null
  /** What the words for `code` need. */
  readonly params: Readonly<Record<string, unknown>>
  /** Frames that left for the device. */
  readonly tx: number
  /** Milliseconds from acceptance to the end. */
  readonly ms: number
}

/** A command that did not end well, over HTTP: its outcome as `application/problem+json`. */
export type OutcomeProblem = {
  /** Id of the command: the client's own on its WebSocket. */
  readonly id: string
  /** One of nine. */
  readonly outcome: OutcomeKind
  /** Why, as a code that has words; null where the outcome says all. */
  readonly code: string | null
  /** What the words for `code` need. */
  readonly params: Readonly<Record<string, unknown>>
  /** Frames that left for the device. */
  readonly tx: number
  /** Milliseconds from acceptance to the end. */
  readonly ms: number
  /** `urn:roomd:<code>`, or `urn:roomd:<outcome>` where there is no code. */
  readonly type: string
  /** HTTP status. */
  readonly status: number
}

/** Body of an HTTP error, `application/problem+json` (RFC 9457). */
export type ProblemBody = {
  /** `urn:roomd:<code>`. */
  readonly type: string
  /** HTTP status. */
  readonly status: number
  /** Why, as a code that has words. */
  readonly code: string
  /** What the words need. */
  readonly params: Readonly<Record<string, unknown>>
}

/** One run of a scene, as far as it has come. */
export type RunBody = {
  /** Id of the run. */
  readonly run: string
  /** Id of its scene. */
  readonly scene: string
  /** The whole scene, only what had failed, or the way back. */
  readonly kind: "scene" | "retry" | "undo"
  /** How it goes on. */
  readonly state: "running" | "waiting_hold" | "ended"
  /** How it ended; null while it goes on. */
  readonly result: "ok" | "partial" | "failed" | "cancelled" | "superseded" | "interrupted" | null
  /** Who started it. */
  readonly by: string
  /** Steps that have ended. */
  readonly done: number
  /** Steps that there are, as far as that is known. */
  readonly total: number
  /** Steps that have ended, in the order in which they did. */
  readonly steps: readonly (RunStep)[]
  /** What it waits for in `waiting_hold`. */
  readonly hold: RunHold | null
}

/** Body of `GET /api/v1/runs`. */
export type RunsBody = {
  /** Runs that go on, and the last that ended, in the order in which they began. */
  readonly runs: readonly (RunBody)[]
}

/** Body of `GET` and `POST /api/v1/session`: who am I? */
export type SessionBody = {
  /** Name of the account or token. */
  readonly user: string
  /** Its role. */
  readonly role: string
  /** Id of the paired device. */
  readonly device?: string | null
  /** The device has a key and must sign the `challenge` of each connection. */
  readonly keyed?: boolean | null
  /** Up to which label an account may read. */
  readonly clearance?: string | null
  /** One-time codes, once, after the first code of an authenticator. */
  readonly paper_codes?: readonly (string)[] | null
}

/** Body of `GET /api/v1/state`. */
export type StateBody = {
  /** Number of the newest change. */
  readonly seq: number
  /** All points by path. */
  readonly points: Readonly<Record<string, PointBody>>
}

/** How many kept generations to go back. */
export type Steps = {
  /** 1 to 9. */
  readonly steps?: number
}

/** Body of `POST /api/v1/stop`: how each device's stop ended. */
export type StopBody = {
  /** Device id -> outcome. */
  readonly devices: Readonly<Record<string, OutcomeBody>>
}

/** Body of `GET /api/v1/why/...`: would the command be refused now, and by what. */
export type WhyBody = {
  /** `allowed` or `refused`. */
  readonly verdict: string
  /** What each rule says: `id`, `verdict` (`deny` or `pass`), `points` that decided, `say`. */
  readonly rules: readonly (unknown)[]
  /** Why it would be refused. */
  readonly code?: string | null
  /** What the words need. */
  readonly params?: Readonly<Record<string, unknown>> | null
}
