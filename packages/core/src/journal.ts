import type { Lease } from "./bus.ts";
import type { Address, Outbound } from "./channel.ts";
import type { Message } from "./message.ts";
import type { Principal } from "./principal.ts";
import type { Provenance } from "./provenance.ts";
import type { QueueMode, SettingsChange } from "./session-settings.ts";
import type { Audience, Span } from "./store.ts";

/** A transcript entry before the journal numbers and dates it. */
export interface NewEntry {
  readonly provenance: Provenance;
  readonly message: Message;
}

/** When a session starts over: always, or when it began before, or was last written to before, the given time. */
export type ResetWhen = "always" | { readonly startedBefore?: Date; readonly quietSince?: Date };

export interface AcceptInput {
  /** Stable across redeliveries; unique over all sources, so prefix it with the source. */
  readonly id: string;
  /** The id the run gets when it is new. */
  readonly run: string;
  readonly session: string;
  readonly agent: string;
  readonly principal: Principal;
  readonly provenance: Provenance;
  readonly message: Message & { readonly role: "user" };
  /** The group, by its id, whose session it is: it owns it, and whoever speaks there becomes a member that may write. */
  readonly group?: string;
  /** False: the session is there already, or `STORE_FORBIDDEN`, as if it were somebody else's. Default true. */
  readonly opens?: boolean;
  /** Where the answer goes besides live clients. */
  readonly replyTo?: Address;
  /** What came before is history for this message and later ones, where this is so when it is accepted. */
  readonly reset?: ResetWhen;
  readonly queue?: QueueMode;
  /** The run that has to end before this one begins. */
  readonly after?: string;
  /** The message is done and answered as it is accepted; its run is over and no turn is taken. */
  readonly answered?: Answered;
}

/** What a message does in the transaction that accepts it. */
export interface Answered {
  readonly answer: NewEntry;
  readonly outbound: readonly NewDelivery[];
  /** Runs of the session that no restart takes up again. */
  readonly stops?: readonly string[];
  readonly settings?: SettingsChange;
}

export interface Accepted {
  readonly run: string;
  /** This id was accepted before; nothing was started. */
  readonly repeat: boolean;
  readonly sequence: number;
  /** The session started over with it. */
  readonly reset?: true;
}

export interface Effect {
  /** Unique within its run: the tool call's id. */
  readonly id: string;
  readonly action: string;
  readonly digest: string;
}

export interface RunEnd {
  readonly reason: "done" | "aborted" | "error";
  readonly error?: { readonly code: string; readonly message: string };
  /** The last step, when it has not been written yet. */
  readonly entries: readonly NewEntry[];
  readonly outbound: readonly NewDelivery[];
  readonly timeline: readonly Span[];
}

/** A message to a channel. `key` is unique for ever: a second one with the same key is ignored. */
export interface NewDelivery {
  readonly key: string;
  readonly to: Address;
  readonly message: Pick<Outbound, "text" | "replyTo">;
}

export interface Delivery extends NewDelivery {
  readonly attempts: number;
  /** Not to be tried before. */
  readonly dueAt: Date;
}

/** A run without an end, as a restart finds it. */
export interface UnfinishedRun {
  readonly run: string;
  readonly session: string;
  readonly agent: string;
  readonly principal: Principal;
  readonly provenance: Provenance;
  readonly acceptedAt: Date;
  readonly replyTo?: Address;
  /** Somebody stopped it: nothing more is to be done but to end it. */
  readonly stopped?: true;
  readonly queue?: QueueMode;
  readonly after?: string;
  /** The run whose turn its message has become part of: this one ends with it. */
  readonly answeredBy?: string;
  /** Effects that started and did not finish: their outcome is unknown and they are never run again. */
  readonly unknownEffects: readonly Effect[];
  /** How often it was begun again; see {@link Journal.beginAgain}. */
  readonly recoveries: number;
}

/**
 * Work that must survive. Each call is one transaction: all of it is durable when it resolves, none of it when it
 * rejects, and each is a point where a kill may fall. A write under a lease rejects with `STORE_FENCED` when a newer
 * lease on the session has written, with `STORE_ENDED` when the run has ended; `lease.key` is the session key.
 */
export interface Journal {
  /**
   * Inbox row, session, transcript entry and queued run, or the run that this id already started. Rejects with
   * `STORE_CONFLICT` when another message has the run id, with `STORE_FORBIDDEN` when the session is somebody else's who
   * has not let the principal write to it, or when the id is of somebody else's message.
   */
  accept(input: AcceptInput): Promise<Accepted>;
  /** A run that was cut off by a crash is begun again. */
  beginAgain(lease: Lease, run: string): Promise<void>;
  /** A finished model step with the tool calls it asks for. */
  step(lease: Lease, run: string, entries: readonly NewEntry[]): Promise<void>;
  /**
   * The messages of `joining`, runs of the same session that have not begun, become part of this run's turn, after
   * what it has written so far. Those runs end with this one, and as it does.
   */
  join(lease: Lease, run: string, joining: readonly string[]): Promise<void>;
  /** Before the effect. Rejects with `STORE_CONFLICT` when it was started before. */
  effectStarted(lease: Lease, run: string, effect: Effect): Promise<void>;
  /** An effect that has finished stays as it finished. */
  effectFinished(lease: Lease, run: string, effect: string, result: NewEntry): Promise<void>;
  /** Ends the run and queues its messages for delivery together. A run that has ended stays as it ended. */
  finish(lease: Lease, run: string, end: RunEnd): Promise<void>;
  /** Who may be told of what happens in a session; `undefined` when there is none. */
  audience(session: string): Promise<Audience | undefined>;
  /** Runs without an end, oldest first. */
  unfinished(): AsyncIterable<UnfinishedRun>;

  /**
   * Queues a message that no run has to say, kept with the session's agent. The key of one queued before is a `repeat`
   * and queues nothing; rejects with `STORE_CONFLICT` when that one said something else or went elsewhere.
   */
  send(session: string, delivery: NewDelivery): Promise<{ readonly repeat: boolean }>;
  /**
   * Deliveries due at `now`, oldest first, but none of the channels in `except`; of one address only the first that is
   * not settled, so that they keep order.
   */
  deliveries(now: Date, limit: number, except?: readonly string[]): Promise<readonly Delivery[]>;
  /** One that is settled stays so, here and below. */
  delivered(key: string): Promise<void>;
  /** Another attempt at `retryAt`, or the dead-letter state when absent. */
  deliveryFailed(key: string, failure: { readonly reason: string; readonly retryAt?: Date }): Promise<void>;
}
