/** Where a piece of data came from. */
export type Origin =
  | "owner"
  | "member"
  | "contact"
  | "group"
  | "web"
  | "mail"
  | "file"
  | "tool"
  | "mcp"
  | "skill"
  | "memory";

/** Joined, never reset: a turn carries the join of all it has read. */
export interface Provenance {
  /** Sorted, without repeats. */
  readonly origins: readonly Origin[];
  /** `untrusted` as soon as one part is. */
  readonly trust: "trusted" | "untrusted";
  /** Entry, file or URL ids behind it, newest first, at most {@link MAX_BECAUSE}. */
  readonly because: readonly string[];
}

export const MAX_BECAUSE = 16;

/** The join: commutative in origins and trust, idempotent, newest `because` first. */
export function joinProvenance(newer: Provenance, older: Provenance): Provenance {
  return {
    origins: [...new Set([...newer.origins, ...older.origins])].sort(),
    trust: newer.trust === "untrusted" || older.trust === "untrusted" ? "untrusted" : "trusted",
    because: [...new Set([...newer.because, ...older.because])].slice(0, MAX_BECAUSE),
  };
}
