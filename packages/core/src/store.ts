import type { ApprovalLedger, OwnApprovals } from "./approvals.ts";
import type { DeviceRegistry, OwnDevices } from "./devices.ts";
import type { Journal, NewEntry } from "./journal.ts";
import type { Message } from "./message.ts";
import type { Principal } from "./principal.ts";
import type { Provenance } from "./provenance.ts";
import type { InquiryLedger, OwnInquiries } from "./questions.ts";
import type { SessionSettings, SettingsChange } from "./session-settings.ts";
import type { Starts } from "./starts.ts";
import type { SessionUsage, UsageQuery, UsageRow } from "./usage.ts";

export interface Session {
  /** `agent:<id>:…`: routes, and never authorises. */
  readonly key: string;
  readonly agent: string;
  /** Principal id of who opened it. */
  readonly owner: string;
  readonly createdAt: Date;
  /** When its last message was accepted. */
  readonly updatedAt: Date;
  /** First words of the first message; empty before it. */
  readonly title: string;
  /** What its owner calls it. */
  readonly label?: string;
  readonly settings: SessionSettings;
  readonly usage: SessionUsage;
  /** What whoever asked may do with it, as far as their scopes reach; `manage` is for its owner and for admins. */
  readonly access: Access | "manage";
}

/** `write` includes reading. */
export type Access = "read" | "write";

/** Somebody who was let into a session. */
export interface Member {
  /** Principal id, of the session's tenant. */
  readonly id: string;
  readonly access: Access;
}

/** Everybody who may see a session, besides the admins of its tenant. */
export interface Audience {
  readonly tenant: string;
  readonly owner: string;
  readonly members: readonly Member[];
}

/** A place where a text was found. */
export interface SearchHit {
  readonly entry: Entry;
  readonly agent: string;
}

/** One line of a transcript. */
export interface Entry {
  readonly session: string;
  /** 1, 2, 3, … within its session, without gaps. */
  readonly sequence: number;
  readonly run: string;
  readonly at: Date;
  readonly provenance: Provenance;
  readonly message: Message;
  /** A rewind took it out of the history. */
  readonly superseded?: true;
  /** It is read in the turn of another run, after that sequence. */
  readonly joined?: { readonly run: string; readonly after: number };
}

/** One stage of a run, for the waterfall. */
export interface Span {
  readonly stage:
    | "accept"
    | "journal"
    | "lane"
    | "prompt"
    | "model"
    | "decide"
    | "approval"
    | "question"
    | "sandbox"
    | "tool"
    | "record"
    | "deliver";
  /** Since the run was received. */
  readonly startMs: number;
  readonly durationMs: number;
  /** What exactly: the model, the tool, the command's head. */
  readonly label?: string;
}

export interface Run {
  readonly id: string;
  readonly session: string;
  readonly state: "queued" | "running" | "done" | "aborted" | "error";
  readonly acceptedAt: Date;
  readonly endedAt?: Date;
  /** The run whose turn its message became part of. */
  readonly answeredBy?: string;
  /** Code and message of what ended it, when `state` is `error`. */
  readonly error?: { readonly code: string; readonly message: string };
  /** Complete once the run has ended. */
  readonly timeline: readonly Span[];
}

/** What one principal may see. A row outside reads as absent. */
export interface Collections {
  readonly sessions: {
    get(key: string): Promise<Session | undefined>;
    /** Last used first, archived or not unless `archived` says which. `limit` defaults to 100. */
    list(options?: {
      readonly agent?: string;
      readonly archived?: boolean;
      readonly limit?: number;
    }): Promise<readonly Session[]>;
    /** How many there are of each owner. */
    countByOwner(): Promise<ReadonlyMap<string, number>>;
    /** An empty one, or the one that exists. Rejects with `STORE_FORBIDDEN` when it is not the principal's to write to. */
    create(key: string): Promise<Session>;
    /** Names it, or takes its name away. `undefined` when there is none to write to, here and below. */
    label(key: string, label: string | undefined): Promise<Session | undefined>;
    /** Changes settings, all of them or none. */
    configure(key: string, change: SettingsChange): Promise<Session | undefined>;
    /** What its ended runs wrote is history from now on: it stays readable, and no turn is given it. */
    reset(key: string): Promise<Session | undefined>;
    /**
     * The history goes on from the entry of this number, or from its beginning for 0. What came after it in the order
     * of turns is superseded: no turn is given it, and people still read it when they ask for it. Rejects with
     * `STORE_NOT_FOUND` when no turn is given such an entry any more.
     */
    rewind(key: string, sequence: number): Promise<Session | undefined>;
    /** Adds an entry that no turn made, and returns its number. */
    inject(key: string, entry: NewEntry): Promise<number | undefined>;
    /** A new session of the principal's with the history up to that entry, as `rewind` counts it. */
    fork(key: string, into: string, sequence: number): Promise<Session | undefined>;
    /**
     * Everything in it; message ids stay known, so that a redelivery starts nothing. Returns whether there was one.
     * Rejects with `STORE_CONFLICT` while a run of it has no end, or an answer is neither delivered nor dead.
     */
    delete(key: string): Promise<boolean>;
    /** By id. `undefined` when there is no session to see. */
    members(key: string): Promise<readonly Member[] | undefined>;
    /**
     * Lets somebody in, or changes what they may do; its owner needs no letting in. Like resetting and deleting it is
     * for owner and admins: false when there is no session that is the principal's to share.
     */
    share(key: string, member: Member): Promise<boolean>;
    /** Whether there was such a member, and the session the principal's to share. */
    unshare(key: string, id: string): Promise<boolean>;
  };
  readonly transcript: {
    /** The newest `limit` (default 200) entries with a sequence below `before`, oldest first. */
    read(
      session: string,
      options?: { readonly before?: number; readonly limit?: number; readonly superseded?: boolean },
    ): Promise<readonly Entry[]>;
    /**
     * The newest `limit` entries of runs accepted since the last reset, oldest first: what a turn is given. Those of
     * `run` are among them also when it was accepted before.
     */
    sinceReset(
      session: string,
      options?: { readonly limit?: number; readonly run?: string },
    ): Promise<readonly Entry[]>;
    /**
     * Messages that people or models wrote and that hold `text`, in any case of ASCII letters, newest first. `limit`
     * defaults to 25. A store may leave out what is older than its newest 20,000 entries of an agent.
     */
    search(text: string, options?: { readonly agent?: string; readonly limit?: number }): Promise<readonly SearchHit[]>;
  };
  readonly usage: {
    /** One row for each session, day and model, oldest day first. What a deleted session spent is gone with it. */
    totals(query?: UsageQuery): Promise<readonly UsageRow[]>;
  };
  readonly runs: {
    get(id: string): Promise<Run | undefined>;
    /** Newest first. `limit` defaults to 50. */
    list(session: string, options?: { readonly limit?: number }): Promise<readonly Run[]>;
    /** Marks runs as stopped, so that no restart takes them up. One that has ended, or is not there, stays as it is. */
    stop(session: string, ids: readonly string[]): Promise<void>;
  };
  readonly devices: OwnDevices;
  readonly approvals: OwnApprovals;
  readonly inquiries: OwnInquiries;
}

/** A place of the store, a file or a server, that can't be used. */
export interface StoreTrouble {
  readonly since: Date;
  /** For people: what, why, and what to do. */
  readonly message: string;
}

/** Durable state. Bound to a principal before anything can be read; there is no unbound read. */
export interface Store extends AsyncDisposable {
  /** Idempotent; safe from two processes at once. Rejects with `STORE_NEWER` on a newer program's data. */
  migrate(): Promise<void>;
  as(principal: Principal): Collections;
  /** The gateway's own hand, for moving work along; never given to a feature or an adapter. */
  readonly journal: Journal;
  readonly devices: DeviceRegistry;
  readonly approvals: ApprovalLedger;
  readonly inquiries: InquiryLedger;
  readonly starts: Starts;
  /** What did not work when it was last used; nothing while all is well. */
  troubles(): readonly StoreTrouble[];
}

/**
 * `STORE_CONFLICT`: an id is taken by something else, or a run is in the way. `STORE_ENDED`: the run has ended, nothing can be added.
 * `STORE_FAILED`: damaged, closed, or an error without a code of its own. `STORE_FULL`: there are as many as there may be. `STORE_FENCED`: the lease is no longer the
 * newest. `STORE_FORBIDDEN`: the session is not the principal's to write to. `STORE_INVALID`: not a session key.
 * `STORE_LOCKED`: another process has it. `STORE_NEWER`: a newer program's data. `STORE_NOT_FOUND`: no such run, effect
 * or delivery. `STORE_UNWRITABLE`: disk full or failing; nothing was changed.
 */
export type StoreErrorCode =
  | "STORE_CONFLICT"
  | "STORE_ENDED"
  | "STORE_FAILED"
  | "STORE_FENCED"
  | "STORE_FORBIDDEN"
  | "STORE_FULL"
  | "STORE_INVALID"
  | "STORE_LOCKED"
  | "STORE_NEWER"
  | "STORE_NOT_FOUND"
  | "STORE_UNWRITABLE";
