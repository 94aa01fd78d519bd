/** Tokens of some model steps, added up. */
export interface TokenSum {
  /** With those that came from a cache or went into one. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

/** What a session has cost so far, and how full its context is. */
export interface SessionUsage extends TokenSum {
  /** Tokens that the newest model step read and wrote; 0 before the first that counted them. */
  readonly contextTokens: number;
}

/** What one session spent on one model on one day. */
export interface UsageRow extends TokenSum {
  readonly session: string;
  /** `YYYY-MM-DD`, in UTC. */
  readonly day: string;
  /** `provider/model`. */
  readonly model: string;
  readonly steps: number;
}

export interface UsageQuery {
  readonly agent?: string;
  readonly session?: string;
  /** Steps that ended at or after it. */
  readonly from?: Date;
  /** Steps that ended before it. */
  readonly to?: Date;
}
