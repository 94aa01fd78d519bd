import type { Awaitable, Clock, FailedAttemptLog, Logger } from "@claw/core";
import type { AuthResult } from "./auth.ts";
import type { AuthAudit } from "./auth-audit.ts";
import { networkOf } from "./network-of.ts";

const MAX_ENTRIES = 10_000;

/** What is guessed; failures with one kind of credential say nothing about another. */
export type CredentialClass = "shared-secret" | "device-token";

export interface Attempt {
  readonly credential: CredentialClass;
  /** `undefined` when the transport does not know; all such callers count as one. */
  readonly remoteAddress: string | undefined;
}

export interface AuthRateLimit {
  /** Default 10. */
  readonly maxAttempts?: number;
  /** Default 60,000. */
  readonly windowMs?: number;
  /** Default 300,000. */
  readonly lockoutMs?: number;
}

/**
 * Runs one check of a credential, or answers `AUTH_RATE_LIMITED` in its place: after 10 failures within 60 s an address
 * is out for 5 minutes. A failure is durable before it is answered. A missing credential is no guess and not counted.
 */
export type AuthLimiter = (attempt: Attempt, check: () => Awaitable<AuthResult>) => Promise<AuthResult>;

export interface AuthLimiterOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Default: a restart forgets. */
  readonly attempts?: FailedAttemptLog | undefined;
  /** Read at every use: they may change. */
  readonly limits?: AuthRateLimit;
  readonly audit: AuthAudit;
}

/** Times are monotonic here, so that nobody gains by a change of the clock; what is kept is in the clock's. */
interface Entry {
  readonly failedAtMs: readonly number[];
  readonly lockedUntilMs: number;
}

export function createAuthLimiter({ clock, log, attempts, limits = {}, audit }: AuthLimiterOptions): AuthLimiter {
  const { maxAttempts, windowMs, lockoutMs } = {
    maxAttempts: () => limits.maxAttempts ?? 10,
    windowMs: () => limits.windowMs ?? 60_000,
    lockoutMs: () => limits.lockoutMs ?? 300_000,
  };
  const entries = new Map<string, Entry>();
  // Strangers are out until then, because there are too many of them to be counted.
  let fullUntilMs = 0;
  let loading: Promise<void> | undefined;

  async function load(): Promise<void> {
    const offsetMs = clock.monotonicMs() - clock.now().getTime();
    const kept = (await attempts?.load().catch(unkept)) ?? [];
    for (const { key, failedAt, lockedUntil } of kept.slice(0, MAX_ENTRIES)) {
      const nowMs = clock.monotonicMs();
      // A clock that was wrong in between can't lock anybody out for longer than a lockout takes.
      const lockedUntilMs =
        lockedUntil === undefined ? 0 : Math.min(lockedUntil.getTime() + offsetMs, nowMs + lockoutMs());
      entries.set(key, { lockedUntilMs, failedAtMs: failedAt.map((at) => Math.min(at.getTime() + offsetMs, nowMs)) });
    }
  }

  function waitMs(key: string): number {
    const untilMs = entries.get(key)?.lockedUntilMs ?? fullUntilMs;
    return Math.max(0, untilMs - clock.monotonicMs());
  }

  /** What is to be kept of the failure; `undefined` when there are too many to be counted. */
  function countFailure(key: string): Entry | undefined {
    const nowMs = clock.monotonicMs();
    if (!entries.has(key) && entries.size >= MAX_ENTRIES) forgetExpired(nowMs);
    if (!entries.has(key) && entries.size >= MAX_ENTRIES) {
      fullUntilMs = nowMs + lockoutMs();
      log.warn("too many addresses show wrong credentials; new ones are refused", { forMs: lockoutMs() });
      return undefined;
    }
    const recent = (entries.get(key)?.failedAtMs ?? []).filter((atMs) => nowMs - atMs < windowMs());
    const failedAtMs = [...recent, nowMs];
    const isOut = failedAtMs.length >= maxAttempts();
    const entry = { failedAtMs: isOut ? [] : failedAtMs, lockedUntilMs: isOut ? nowMs + lockoutMs() : 0 };
    entries.set(key, entry);
    if (isOut) log.warn("an address is locked out after wrong credentials", { key, forMs: lockoutMs() });
    return entry;
  }

  function forgetExpired(nowMs: number): void {
    for (const [key, { failedAtMs, lockedUntilMs }] of entries) {
      if (lockedUntilMs <= nowMs && failedAtMs.every((atMs) => nowMs - atMs >= windowMs())) entries.delete(key);
    }
  }

  async function keep(key: string, { failedAtMs, lockedUntilMs }: Entry): Promise<void> {
    const offsetMs = clock.now().getTime() - clock.monotonicMs();
    const date = (atMs: number): Date => new Date(atMs + offsetMs);
    const expiresAt = date(Math.max(lockedUntilMs, clock.monotonicMs() + windowMs()));
    const lockedUntil = lockedUntilMs === 0 ? {} : { lockedUntil: date(lockedUntilMs) };
    await attempts?.keep({ key, failedAt: failedAtMs.map(date), expiresAt, ...lockedUntil }).catch(unkept);
  }

  /** Counting goes on in memory. */
  function unkept(error: unknown): undefined {
    log.error("wrong credentials can't be kept over a restart", { error: String(error) });
  }

  return async (attempt, check) => {
    loading ??= load();
    await loading;
    const { credential, remoteAddress } = attempt;
    const key = `${credential} ${remoteAddress === undefined ? "unknown" : networkOf(remoteAddress)}`;
    if (waitMs(key) > 0) return limited(waitMs(key));
    const result = await check();
    // Guesses that were sent together are worth no more than guesses sent one after another.
    if (waitMs(key) > 0) return limited(waitMs(key));
    if (result.ok) {
      if (entries.delete(key)) await attempts?.forget(key).catch(unkept);
    } else if (result.missing === undefined) {
      log.warn("a credential was refused", { credential, remoteAddress, code: result.code });
      const entry = countFailure(key);
      const lockedOut = entry === undefined || entry.lockedUntilMs > 0;
      await Promise.all([
        entry === undefined ? undefined : keep(key, entry),
        audit({ ...attempt, code: result.code, lockedOut }),
      ]);
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
