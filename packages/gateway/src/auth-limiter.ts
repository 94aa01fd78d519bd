import type { Awaitable, Clock, Logger } from "@claw/core";
import type { AuthResult } from "./auth.ts";
import { networkOf } from "./network-of.ts";

const MAX_FAILURES = 10;
const WINDOW_MS = 60_000;
const LOCKOUT_MS = 5 * 60_000;
const MAX_ENTRIES = 10_000;

/** What is guessed; failures with one kind of credential say nothing about another. */
export type CredentialClass = "shared-secret" | "device-token";

interface Attempt {
  readonly credential: CredentialClass;
  /** `undefined` when the transport does not know; all such callers count as one. */
  readonly remoteAddress: string | undefined;
}

/**
 * Runs one check of a credential, or answers `AUTH_RATE_LIMITED` in its place: after 10 failures within 60 s an address
 * is out for 5 minutes. A missing credential is no guess and not counted.
 */
export type AuthLimiter = (attempt: Attempt, check: () => Awaitable<AuthResult>) => Promise<AuthResult>;

interface Entry {
  failedAtMs: readonly number[];
  lockedUntilMs: number;
}

export function createAuthLimiter({ clock, log }: { readonly clock: Clock; readonly log: Logger }): AuthLimiter {
  const entries = new Map<string, Entry>();
  // Strangers are out until then, because there are too many of them to be counted.
  let fullUntilMs = 0;

  function waitMs(key: string): number {
    const untilMs = entries.get(key)?.lockedUntilMs ?? fullUntilMs;
    return Math.max(0, untilMs - clock.monotonicMs());
  }

  function countFailure(key: string): void {
    const nowMs = clock.monotonicMs();
    if (!entries.has(key) && entries.size >= MAX_ENTRIES) forgetExpired(nowMs);
    if (!entries.has(key) && entries.size >= MAX_ENTRIES) {
      fullUntilMs = nowMs + LOCKOUT_MS;
      log.warn("too many addresses show wrong credentials; new ones are refused", { forMs: LOCKOUT_MS });
      return;
    }
    const recent = (entries.get(key)?.failedAtMs ?? []).filter((atMs) => nowMs - atMs < WINDOW_MS);
    const failedAtMs = [...recent, nowMs];
    const isOut = failedAtMs.length >= MAX_FAILURES;
    entries.set(key, { failedAtMs: isOut ? [] : failedAtMs, lockedUntilMs: isOut ? nowMs + LOCKOUT_MS : 0 });
    if (isOut) log.warn("an address is locked out after wrong credentials", { key, forMs: LOCKOUT_MS });
  }

  function forgetExpired(nowMs: number): void {
    for (const [key, { failedAtMs, lockedUntilMs }] of entries) {
      if (lockedUntilMs <= nowMs && failedAtMs.every((atMs) => nowMs - atMs >= WINDOW_MS)) entries.delete(key);
    }
  }

  return async ({ credential, remoteAddress }, check) => {
    const key = `${credential} ${remoteAddress === undefined ? "unknown" : networkOf(remoteAddress)}`;
    if (waitMs(key) > 0) return limited(waitMs(key));
    const result = await check();
    // Guesses that were sent together are worth no more than guesses sent one after another.
    if (waitMs(key) > 0) return limited(waitMs(key));
    if (result.ok) entries.delete(key);
    else if (result.missing === undefined) {
      log.warn("a credential was refused", { credential, remoteAddress, code: result.code });
      countFailure(key);
    }
    return result;
  };
}

function limited(waitMs: number): AuthResult {
  const retryAfterMs = Math.ceil(waitMs);
  const seconds = Math.ceil(retryAfterMs / 1_000);
  return {
    ok: false,
    code: "AUTH_RATE_LIMITED",
    message: `Too many wrong credentials came from this address. Try again in ${seconds} seconds.`,
    retryAfterMs,
  };
}
