/** What is remembered of whoever showed wrong credentials. */
export interface FailedAttempts {
  /** Of what, and from where. */
  readonly key: string;
  /** Within the window that counts, oldest first; empty once they have led to a lockout. */
  readonly failedAt: readonly Date[];
  /** Refused until then. */
  readonly lockedUntil?: Date;
  /** Then it may be forgotten. */
  readonly expiresAt: Date;
}

/** Durable memory of wrong credentials, so that a restart gives nobody new guesses. */
export interface FailedAttemptLog {
  /** All that has not expired. */
  load(): Promise<readonly FailedAttempts[]>;
  /** Replaces what was kept under the key. Resolves once it can't be lost. */
  keep(attempts: FailedAttempts): Promise<void>;
  /** Idempotent. */
  forget(key: string): Promise<void>;
}
