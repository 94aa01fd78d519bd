/** Who is at the other end of a connection. Told by who accepts it, never by what it sends. */
export interface EgressIdentity {
  /** Whom the limits are counted for: a sandbox. */
  readonly id: string;
  /** What a person's answer "session" holds for. */
  readonly scope: string;
}

/** What somebody wants to reach. */
export interface EgressRequest {
  readonly identity: EgressIdentity;
  /** A tunnel (CONNECT), a plain HTTP request, or one to which a binding adds a credential. */
  readonly via: "tunnel" | "http" | "binding";
  readonly host: string;
  readonly port: number;
  /** Absent for a tunnel, in which it can't be seen. */
  readonly method?: string;
  /** Of a binding alone, without its query. */
  readonly path?: string;
  readonly binding?: string;
}

export interface EgressDecision extends EgressRequest {
  readonly verdict: "allow" | "deny";
  /** As its owner finds it: `allow[0] "api.example.org"`. */
  readonly rule: string;
  /** Why it was denied. */
  readonly reason?: string;
}

/** How an allowed request ended. */
export interface EgressEnd {
  /** `refused`: what came through the tunnel was not what had been allowed. */
  readonly verdict: "done" | "refused" | "failed";
  /** Why it is not done; never anything that was sent or received. */
  readonly reason?: string;
  /** The address that was connected to. */
  readonly ip?: string;
  /** The server named in the tunnel's TLS hello. */
  readonly sni?: string;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly durationMs: number;
}

/** Where decisions are recorded. */
export interface EgressAudit {
  /** Resolves when the record can't be lost: an allowed request waits for it, and is refused when it rejects. */
  decided(decision: EgressDecision): Promise<EgressRecord>;
}

export interface EgressRecord {
  ended(end: EgressEnd): Promise<void>;
}
