import type { Awaitable, CallOptions } from "./call-options.ts";
import type { Logger } from "./logger.ts";

/** Where a conversation lives. `channel` equals the issuing {@link Channel.name}. */
export interface Address {
  readonly channel: string;
  readonly account: string;
  /** Lower-case id of the person or group, immutable on its platform. */
  readonly peer: string;
  /** `channel` is a group that belongs to a server or workspace. */
  readonly kind: "direct" | "group" | "channel";
  readonly thread?: string;
}

export interface Attachment {
  readonly name: string;
  readonly mediaType: string;
  bytes(options?: CallOptions): Promise<Uint8Array>;
}

/** A message from a platform, not yet accepted. */
export interface Inbound {
  /** Stable across redeliveries within its channel and account: the gateway drops a repeat. */
  readonly id: string;
  readonly from: Address;
  /** `id` is immutable on its platform; `name` is for display and never decides anything. */
  readonly sender: { readonly id: string; readonly name?: string };
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** The bot was named or replied to. Always true in a direct conversation. */
  readonly addressed: boolean;
  readonly sentAt: Date;
  /** Id of the server (Discord) the message was written on. */
  readonly guild?: string;
  /** Id of the workspace or team (Slack, Teams) it was written in. */
  readonly team?: string;
  /** Ids of the roles its sender has there. */
  readonly roles?: readonly string[];
}

export interface Outbound {
  /** CommonMark; the channel renders and splits it. */
  readonly text: string;
  readonly attachments?: readonly Attachment[];
  readonly replyTo?: string;
  /** The same key is sent at most once where the platform can tell repeats apart. */
  readonly idempotencyKey?: string;
}

export interface Receipt {
  /** Platform ids of every part sent, in order. */
  readonly ids: readonly [string, ...string[]];
}

export interface ChannelContext {
  /** Resolves once durably accepted, not once answered; a rejection means that the platform should deliver again. */
  receive(message: Inbound): Promise<void>;
  readonly log: Logger;
}

/** A chat platform. An optional method that is present is the capability. */
export interface Channel {
  readonly name: string;
  /** Resolves when ready; rejects when it can never become ready. */
  start(context: ChannelContext): Promise<void>;
  /** Rejects with `RateLimitedError` when the platform asks to wait. */
  send(to: Address, message: Outbound, options?: CallOptions): Promise<Receipt>;
  /** Idempotent. No `receive` call happens after it resolves. */
  stop(): Promise<void>;

  edit?(to: Address, id: string, message: Outbound, options?: CallOptions): Promise<void>;
  typing?(to: Address, options?: CallOptions): Promise<void>;
  /** Verifies and accepts one webhook delivery, mounted at `/channels/<name>`. */
  webhook?(request: Request): Promise<Response>;
}

/** Which agent answers, and in which session. */
export interface Route {
  readonly agent: string;
  /** `agent:<id>:…`, see `@claw/router`. */
  readonly session: string;
  /** Who the sender is known to be, where the owner has linked accounts of several channels to one person. */
  readonly person?: string;
  /** The session is the sender's own, also where they speak in a group. Default: a group's is the group's. */
  readonly own?: true;
}

/** Several agents answer one message, each in a session of its own. */
export interface Broadcast {
  /** `sequential`: each begins when the one before it has ended. */
  readonly strategy: "parallel" | "sequential";
  readonly routes: readonly [Route, ...Route[]];
  /** How often they speak: to the message, and from the second round on about what the others said. Default 1. */
  readonly maxRounds?: number;
  /** Turns of all of them together that one message may take. Default: each agent's in each round. */
  readonly maxTurns?: number;
}

/** `undefined` when the message is for nobody. */
export type Router = (message: Inbound) => Awaitable<Route | Broadcast | undefined>;
