/** Ownership of a key for a while. Disposing it gives the key back. */
export interface Lease extends AsyncDisposable {
  readonly key: string;
  /** Grows with every new owner; the store refuses a write that carries an older one. */
  readonly fence: bigint;
  /** Fires when ownership is gone; stop at once. */
  readonly lost: AbortSignal;
}

/** Leases and events between gateways: in process by default, Redis or PostgreSQL beyond. */
export interface Bus extends AsyncDisposable {
  publish(topic: string, event: unknown): void;
  /** What is published after the call; ends when `signal` fires. */
  subscribe(topic: string, signal: AbortSignal): AsyncIterable<unknown>;
  /** `undefined` when another owner has it. */
  lease(key: string, options: { readonly ttlMs: number }): Promise<Lease | undefined>;
}
