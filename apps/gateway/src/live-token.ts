import { createHash, timingSafeEqual } from "node:crypto";
import { stat } from "node:fs/promises";
import { type GatewayToken, gatewayFiles, readGatewayToken, rotateGatewayToken } from "@claw/config";
import type { Clock, Logger } from "@claw/core";
import type { VerifySecret } from "@claw/gateway";

export interface LiveTokenOptions {
  readonly stateDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Asked at every check. */
  readonly rotation: () => {
    /** Never, when absent. */
    readonly everyMs?: number;
    readonly overlapMs: number;
  };
  /** Told of every token before it is used. */
  readonly learn?: (secrets: readonly string[]) => void;
}

/** The token that Claw made, as its file says it at every moment: a rotation counts without a restart. */
export interface LiveToken {
  /** The newest. */
  readonly token: string;
  readonly verify: VerifySecret;
  /**
   * Rotates on schedule and calls back with the credential of every token that no longer works. Returns the way to
   * stop.
   */
  watch(onExpired: (credential: string) => void): () => void;
}

const CHECK_INTERVAL_MS = 5_000;

/** Makes the first token where there is none. */
export async function openLiveToken(options: LiveTokenOptions): Promise<LiveToken> {
  const { stateDir, clock, log, rotation, learn = () => {} } = options;
  const path = gatewayFiles(stateDir).token;
  let known =
    (await readGatewayToken(stateDir)) ?? (await rotateGatewayToken({ stateDir, now: clock.now(), overlapMs: 0 }));
  learn([known.token]);
  let version = await versionOf(path);
  let working = workingIds(known, clock.now());
  let onExpired: (credential: string) => void = () => {};

  /** Reads the file when it has changed, and tells what has stopped working since. */
  async function refresh(): Promise<void> {
    const found = await versionOf(path);
    if (found !== version) {
      version = found;
      known = (await readGatewayToken(stateDir).catch(unreadable)) ?? known;
      learn([known.token]);
    }
    const before = working;
    working = workingIds(known, clock.now());
    for (const id of before) if (!working.has(id)) onExpired(credentialOf(id));
  }

  function unreadable(error: unknown): undefined {
    log.warn("the gateway's token file can't be used; the token before stays", { error: String(error) });
  }

  async function rotateWhenDue(): Promise<void> {
    const now = clock.now();
    const { everyMs, overlapMs } = rotation();
    if (everyMs === undefined || now.getTime() - known.createdAt.getTime() < everyMs) return;
    known = await rotateGatewayToken({ stateDir, now, overlapMs });
    learn([known.token]);
    log.info("the gateway's token was rotated on schedule", { id: known.id, overlapMs });
  }

  return {
    get token() {
      return known.token;
    },
    async verify(shown) {
      await refresh();
      const digest = sha256(shown);
      if (timingSafeEqual(digest, sha256(known.token))) return credentialOf(known.id);
      const match = known.previous.find(
        ({ id, sha256: hash }) => working.has(id) && timingSafeEqual(digest, Buffer.from(hash, "hex")),
      );
      return match && credentialOf(match.id);
    },
    watch(callback) {
      onExpired = callback;
      let stopped = false;
      let cancel = (): void => {};
      const check = async (): Promise<void> => {
        await rotateWhenDue()
          .then(refresh)
          .catch((error: unknown) => log.error("the gateway's token could not be rotated", { error: String(error) }));
        if (!stopped) cancel = clock.after(CHECK_INTERVAL_MS, check);
      };
      cancel = clock.after(CHECK_INTERVAL_MS, check);
      return () => {
        stopped = true;
        cancel();
      };
    },
  };
}

/** By which a clock may be corrected. */
const CLOCK_TOLERANCE_MS = 60_000;

const credentialOf = (id: string): string => `gateway-token:${id}`;

/** A clock that was set back to before the last rotation would keep old tokens working for longer: then none does. */
function workingIds({ id, createdAt, previous }: GatewayToken, now: Date): ReadonlySet<string> {
  const wrong = createdAt.getTime() - now.getTime() > CLOCK_TOLERANCE_MS;
  return new Set([id, ...previous.filter(({ expiresAt }) => !wrong && expiresAt > now).map((one) => one.id)]);
}

/** Changes whenever the file is replaced. */
async function versionOf(path: string): Promise<string> {
  return stat(path, { bigint: true }).then(
    ({ ino, mtimeNs, size }) => `${ino} ${mtimeNs} ${size}`,
    () => "absent",
  );
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
