/** Bounds for what one identity may do; each has a default. */
export interface EgressLimits {
  /** Connections to the proxy at once. Default 64. */
  readonly connections?: number;
  /** Default 600. */
  readonly requestsPerMinute?: number;
  /** Sent out, in any hour. Default 1 GiB. */
  readonly bytesUpPerHour?: number;
  /** Brought in, in any hour. Default 16 GiB. */
  readonly bytesDownPerHour?: number;
  /** For finding an address and connecting to it. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Until the TLS hello of a tunnel is there. Default 10,000. */
  readonly helloTimeoutMs?: number;
  /** Until the next request of a connection is there with all its headers. Default 60,000. */
  readonly requestTimeoutMs?: number;
  /** Without a byte in either direction. Default 300,000. */
  readonly idleTimeoutMs?: number;
  /** How long a request waits for a person; the question goes on without it. Default 100,000. */
  readonly consentTimeoutMs?: number;
}

export const DEFAULT_LIMITS: Required<EgressLimits> = {
  connections: 64,
  requestsPerMinute: 600,
  bytesUpPerHour: 2 ** 30,
  bytesDownPerHour: 2 ** 34,
  connectTimeoutMs: 10_000,
  helloTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  idleTimeoutMs: 300_000,
  consentTimeoutMs: 100_000,
};
