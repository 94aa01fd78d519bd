import type {
  Address,
  Agent,
  Audit,
  Budget,
  Bus,
  Channel,
  Clock,
  Decision,
  EditableFiles,
  FailedAttemptLog,
  Logger,
  ModelSource,
  Policy,
  PriceList,
  Principal,
  QueueMode,
  ResetWhen,
  Route,
  Router,
  Store,
  Tool,
} from "@claw/core";
import type { GatewayIdentity, LogsTail } from "@claw/protocol";
import type { Authenticate } from "./auth.ts";
import type { AuthRateLimit } from "./auth-limiter.ts";
import type { ConfigFile } from "./config-file.ts";
import type { GatewayListener } from "./events.ts";
import type { ExecControl } from "./exec-control.ts";
import type { OriginRules } from "./origin.ts";
import type { People } from "./people/people.ts";
import type { SafeMode } from "./safe-mode.ts";
import type { SandboxSettings } from "./sandboxes.ts";

export interface GatewayOptions {
  /** The first one answers what names no other. */
  readonly agents: readonly [Agent, ...Agent[]];
  /** Those that `agents.delete` leaves alone: they would be there again at the next start. */
  readonly builtInAgents?: readonly string[];
  readonly store: Store;
  readonly channels?: readonly Channel[];
  readonly tools?: readonly Tool[];
  readonly sandbox?: SandboxSettings;
  /** The files that go into an agent's prompt, for clients to see and write. */
  readonly agentFiles?: (agent: string) => EditableFiles;
  /** How a catalogue of the tools is arranged. Default: one group. */
  readonly toolSets?: ToolSets;
  /** Which tools `POST /tools/invoke` may run, before the policy is asked as well. Default: none. */
  readonly toolsOverHttp?: (tool: string) => Decision;
  /** Default: deny everything. */
  readonly policy?: Policy;
  /** Default: refuse everybody. */
  readonly authenticate?: Authenticate;
  /** When an address that shows wrong credentials is locked out. */
  readonly authRateLimit?: AuthRateLimit;
  /** Default: a restart forgets wrong credentials. */
  readonly failedAttempts?: FailedAttemptLog;
  /** Who shares the gateway; they are let in before `authenticate` is asked. Default: nobody is told apart. */
  readonly people?: People;
  readonly origins?: OriginRules;
  /** Proxies whose forwarding headers are believed, as addresses or `10.0.0.0/8`. From anybody else they are refused. */
  readonly trustedProxies?: readonly string[];
  /** Default: addressed messages go to the first agent, one session per channel and peer. */
  readonly router?: Router;
  /** What a client's session key and agent id mean. Rejects nothing: `undefined` when there is no such agent. */
  readonly resolveSession?: (key: string | undefined, agent: string | undefined) => Route | undefined;
  /**
   * Whether a client may begin a session that does not exist: under an address that messages of somebody else are routed
   * to, it would shut them out. Default: it may.
   */
  readonly mayOpen?: (principal: Principal, session: string) => boolean;
  /** Default: a session starts over when a client resets it. */
  readonly resets?: ResetRules;
  /** Default: steer, at most 20 waiting. */
  readonly queue?: QueueRules;
  readonly models?: ModelSource;
  /** What sessions may choose about where commands run. Default: the sandbox. */
  readonly exec?: ExecControl;
  /** What the methods `config.*` are about. */
  readonly config?: ConfigFile;
  /** Default: the record is the log. */
  readonly audit?: Audit;
  /** Default: no limit. */
  readonly budget?: Budget;
  /** Default: within this process. */
  readonly bus?: Bus;
  /** What `GET /metrics` answers, in Prometheus' text format. Default: there is no such page. */
  readonly metrics?: () => Promise<string>;
  /** What `status` tells of the event loop, beside how busy it is. Default: nothing. */
  readonly eventLoop?: () => EventLoopDelay | undefined;
  /** Reads the log for `logs.tail`. Default: there is no such method. */
  readonly tailLog?: TailLog;
  /** What models cost, for `usage.cost`. Default: there is no such method. */
  readonly prices?: () => Promise<PriceList>;
  readonly limits?: GatewayLimits;
  /** The key by which clients know this gateway again. Default: it has none. */
  readonly identity?: GatewayIdentity;
  /** True starts with channels off and unfinished turns waiting, false never does. Default: after a crash loop. */
  readonly safeMode?: boolean;
  readonly version?: string;
  readonly log?: Logger;
  readonly clock?: Clock;
}

/** What becomes of a message while its session is busy. */
export interface QueueRule {
  readonly mode: QueueMode;
  /** Messages of one session that wait for a turn of their own; from there on they share one. */
  readonly cap: number;
  /**
   * What is over the cap: `summarize` lets the next turn read it as well; `old` and `new` end the run of the oldest, or
   * of the one that comes, without an answer.
   */
  readonly drop: "summarize" | "old" | "new";
  /** A turn begins once the session had no new message for this long, and takes all that came. */
  readonly quietMs: number;
}

/** `mode` is what the message or its session asks for, `busy` that a turn goes on or waits there. */
export type QueueRules = (message: {
  readonly session: string;
  readonly from?: Address;
  readonly mode?: QueueMode;
  readonly busy: boolean;
}) => QueueRule;

/** When a session starts over before a person's message, and what remains of the message to be said. */
export type ResetRules = (
  message: { readonly session: string; readonly text: string; readonly from?: Address },
  now: Date,
) => { readonly text: string; readonly reset?: ResetWhen };

/** What can change while the gateway runs; of the limits, `turnTimeoutMs`. */
export type HotOptions = Pick<
  GatewayOptions,
  | "agents"
  | "policy"
  | "authenticate"
  | "authRateLimit"
  | "trustedProxies"
  | "people"
  | "origins"
  | "router"
  | "resets"
  | "queue"
  | "resolveSession"
  | "mayOpen"
  | "models"
  | "exec"
  | "toolsOverHttp"
  | "budget"
  | "limits"
>;

/** Groups and profiles of tools, for people. */
export interface ToolSets {
  readonly groups: readonly { readonly id: string; readonly label: string; readonly tools: readonly string[] }[];
  readonly profiles: readonly string[];
  readonly inProfile: (profile: string, tool: string) => boolean;
}

export interface GatewayLimits {
  /** Turns at once over all sessions. Default 128. One that is silent for two seconds does not count until it moves. */
  readonly concurrentTurns?: number;
  /** Of them, of one person. Default: all. */
  readonly turnsPerPerson?: number;
  /** Of them, over one channel. Default: all. */
  readonly turnsPerChannel?: number;
  /** Messages of one person that wait for a turn. Default 1,000. A channel's are never refused: they wait in the journal. */
  readonly queuedPerPerson?: number;
  /** Default 30 minutes. */
  readonly turnTimeoutMs?: number;
  /** Sessions whose transcript stays in memory. Default 128. */
  readonly hotSessions?: number;
  /** A turn that was cut off by a crash is begun again this often, then given up. Default 3. */
  readonly recoveries?: number;
}

export interface Gateway extends AsyncDisposable {
  /** Migrates the store, takes up unfinished runs, starts the channels; in safe mode only the first. */
  start(): Promise<void>;
  /** Set while it is in safe mode, from `start` on. */
  readonly safeMode: SafeMode | undefined;
  /**
   * Accepts nothing more, lets running turns finish for `graceMs` (default 10,000), then cuts them off; the next start
   * takes those up again. Everything else has 15 seconds in all, then at least one each, and is left behind. Idempotent.
   */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
  /**
   * Replaces parts at once; what is not named stays. A turn that runs keeps its agent, its time and the tools it was
   * offered, and asks the new policy about its next call. A new `authenticate` ends the connections that the one before
   * let in, but not those of devices' own tokens and users' own secrets; new `people` end those of users who are gone or
   * may do something else.
   */
  reconfigure(parts: Partial<HotOptions>): void;
  /** Health, webhooks and the OpenAI-compatible API; mount it in any server. Answers 404 to what is not its own. */
  fetch(request: Request, from?: RequestSource): Promise<Response>;
  /** Serves the wire protocol over one connection, whatever carries it. Resolves when it is over. */
  accept(connection: Connection): Promise<void>;
  /** Closes the connections whose principal matches, with 4001. Running turns go on. */
  revoke(matches: (principal: Principal) => boolean): void;
  /** Every event of every run, in order. */
  subscribe(listener: GatewayListener): () => void;
  /** What there is right now. */
  gauges(): Gauges;
}

export type TailLog = (wanted: {
  readonly cursor?: number;
  readonly limit: number;
  readonly maxBytes: number;
}) => Promise<LogsTail>;

/** By how much callbacks came later than they should have. */
export interface EventLoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How long it has been watched. */
  readonly forMs: number;
}

export interface Gauges {
  readonly connections: number;
  readonly turnsRunning: number;
  readonly turnsWaiting: number;
  /** In a stage that takes longer than it should. */
  readonly turnsLate: number;
}

/** Where a request came from, as the transport knows it. Only a trusted proxy's headers say more. */
export interface RequestSource {
  /** Failed credentials are counted by it; callers without one count as one. */
  readonly remoteAddress?: string | undefined;
}

/** One client, whatever carries its text frames. */
export interface Connection extends RequestSource {
  /** Ends when the client is gone. */
  readonly messages: AsyncIterable<string>;
  /** Of the request that opened it; `Host` and `Origin` are checked. */
  readonly headers: Headers;
  send(message: string): void;
  /** `reason` is short enough for a WebSocket. */
  close(code: number, reason: string): void;
  /** Bytes handed over and not yet taken by the network. */
  bufferedBytes(): number;
  /** The client has proved who it is: larger frames may be let through from now on. */
  authenticated(): void;
}
