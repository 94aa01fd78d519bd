const brand = Symbol.for("@claw/core/ClawError");

/**
 * The one error of Claw. `code` is what callers switch on, `message` is for people (what was expected, what was
 * found, what to do; never a secret), `cause` is what happened below.
 */
export class ClawError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly [brand] = true;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ClawError";
    this.code = code;
  }

  /** True across duplicate copies of this package, where `instanceof` is not. */
  static is<Code extends string = string>(error: unknown, code?: Code): error is ClawError<Code> {
    if (typeof error !== "object" || error === null || !(brand in error)) return false;
    return code === undefined || (error as ClawError).code === code;
  }

  /** The error itself when it is one of ours, else a wrapper that keeps it as `cause`. */
  static from(error: unknown, code: string): ClawError {
    if (ClawError.is(error)) return error;
    return new ClawError(code, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** The other side asked us to slow down; `retryAfterMs` is what it asked for, or our own guess. */
export class RateLimitedError<Code extends string = string> extends ClawError<Code> {
  readonly retryAfterMs: number;

  constructor(code: Code, message: string, retryAfterMs: number, options?: ErrorOptions) {
    super(code, message, options);
    this.retryAfterMs = retryAfterMs;
  }
}
