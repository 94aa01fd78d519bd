import type { Principal } from "./principal.ts";

/** Something that waits for a person: an approval of an effect, or a question. */
export interface NewAsk {
  /** Default: a new one. */
  readonly id?: string;
  /** The run that waits, and its call; absent when a client asked. Of one call and digest there is one of each kind. */
  readonly run?: string;
  readonly call?: string;
  readonly agent: string;
  readonly session: string;
  /** In whose name it is asked. */
  readonly principal: Principal;
  /** Of what people are shown. */
  readonly digest: string;
  /** Nobody's answer is waited for after that. */
  readonly expiresAt: Date;
}

/** What was asked and what became of it, as `Value` says; `answer` is absent while it waits. */
export type Asked<New extends NewAsk, Value> = Omit<New, "id" | "principal"> & {
  readonly id: string;
  /** Principal id of in whose name it is asked. */
  readonly owner: string;
  readonly createdAt: Date;
  readonly answer?: AskEnd & Value;
};

export interface AskEnd {
  /** Principal id; absent when nobody answered in time, or the run ended before. */
  readonly by?: string;
  readonly at: Date;
}

/**
 * What one principal may see of a kind, and answer: their own, what is asked in sessions of theirs and in those they
 * were let into, and with `admin` the tenant's.
 */
export interface OwnAsks<One, Answer> {
  get(id: string): Promise<One | undefined>;
  /** Newest first. `limit` defaults to 100. */
  list(options?: { readonly pending?: boolean; readonly limit?: number }): Promise<readonly One[]>;
  /**
   * The first answer counts: `first` is false when there was one, and what was asked shows whose. `undefined` when there
   * is none that the principal may answer: of a session they were let into they need `write`. Rejects with
   * `STORE_FORBIDDEN` without the kind's scope, and always for an agent.
   */
  answer(id: string, answer: Answer): Promise<{ readonly asked: One; readonly first: boolean } | undefined>;
}

/** The gateway's own hand over a kind. */
export interface AskLedger<New extends NewAsk, One> {
  /** The one of the same run, call and digest, when there is one. Rejects with `STORE_CONFLICT` on an id that is taken. */
  request(ask: New): Promise<One>;
  /** Those that wait, oldest first. */
  pending(): Promise<readonly One[]>;
  /** Nobody's answer, for one that still waits; what was answered stays. */
  close(id: string): Promise<One>;
  /** Deletes what was answered before; returns how many. An `allow-always`, which still counts, is kept. */
  forget(before: Date): Promise<number>;
}
