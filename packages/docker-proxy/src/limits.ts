/** Bounds for one tenant's connections; each has a default. */
export interface ProxyLimits {
  /** At once, hijacked streams included; more are closed unread. Default 256. */
  readonly connections?: number;
  /** Until a request is there with all its headers and its body. Default 10,000. */
  readonly requestTimeoutMs?: number;
  /** Until the engine answers; not for calls that last as long as a container. Default 150,000: a stop may wait 99 s. */
  readonly engineTimeoutMs?: number;
}

export const DEFAULT_LIMITS: Required<ProxyLimits> = {
  connections: 256,
  requestTimeoutMs: 10_000,
  engineTimeoutMs: 150_000,
};

export const MAX_BODY_BYTES = 64 * 1024;
/** Of what is read whole, in order to be reduced. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
