import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gatewayFiles, rotateGatewayToken } from "@claw/config";
import { silentLogger } from "@claw/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LiveTokenOptions, openLiveToken } from "./live-token.ts";
import { manualClock } from "./manual-clock.fixture.ts";

const MINUTE_MS = 60_000;
let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "claw-live-token-"));
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

async function open(options: Partial<LiveTokenOptions> = {}) {
  const clock = manualClock();
  const live = await openLiveToken({
    stateDir,
    clock,
    log: silentLogger,
    rotation: () => ({ overlapMs: 10 * MINUTE_MS }),
    ...options,
  });
  const expired: string[] = [];
  const stop = live.watch((credential) => expired.push(credential));
  const rotateElsewhere = (overlapMs: number) => rotateGatewayToken({ stateDir, now: clock.now(), overlapMs });
  return { clock, live, expired, stop, rotateElsewhere };
}

test("a first start makes a token, and the next start has the same", async () => {
  const { live } = await open();
  expect(live.token).toMatch(/^[\w-]{43}$/);
  expect((await open()).live.token).toBe(live.token);
});

test("a rotation by another process counts at once, and the token before until its overlap is over", async () => {
  const { clock, live, expired, rotateElsewhere } = await open();
  const before = live.token;
  const old = await live.verify(before);
  const { token } = await rotateElsewhere(10 * MINUTE_MS);
  const credential = await live.verify(token);
  expect(credential).toMatch(/^gateway-token:[0-9a-f]{8}$/);
  expect(await live.verify(before)).toBe(old);
  expect(old).not.toBe(credential);
  await clock.advance(10 * MINUTE_MS - 1);
  expect(await live.verify(before)).toBe(old);
  expect(expired).toEqual([]);
  await clock.advance(1);
  expect(await live.verify(before)).toBeUndefined();
  expect(expired).toEqual([old]);
});

test("without an overlap the token before ends within seconds, even when nobody asks", async () => {
  const { clock, live, expired, rotateElsewhere } = await open();
  const old = await live.verify(live.token);
  await rotateElsewhere(0);
  await clock.advance(5_000);
  expect(expired).toEqual([old]);
});

test("on schedule the token is rotated with its overlap, and again", async () => {
  const { clock, live, expired, stop } = await open({
    rotation: () => ({ everyMs: 60 * MINUTE_MS, overlapMs: 10 * MINUTE_MS }),
  });
  const seen = [live.token];
  for (let hour = 0; hour < 2; hour++) {
    await clock.advance(60 * MINUTE_MS - 1);
    expect(live.token).toBe(seen.at(-1));
    await clock.advance(5_000);
    expect(live.token).not.toBe(seen.at(-1));
    expect(await live.verify(seen.at(-1) ?? "")).toBeDefined();
    seen.push(live.token);
  }
  expect(expired).toHaveLength(1);
  stop();
  await clock.advance(120 * MINUTE_MS);
  expect(live.token).toBe(seen.at(-1));
});

test("a damaged file changes nothing while the gateway runs", async () => {
  const { clock, live } = await open();
  const { token } = live;
  await writeFile(gatewayFiles(stateDir).token, "{");
  await clock.advance(5_000);
  expect(await live.verify(token)).toBeDefined();
});

test("a clock that is set back to before a rotation makes no old token work for longer", async () => {
  const { live, rotateElsewhere } = await open();
  const before = live.token;
  await rotateElsewhere(10 * MINUTE_MS);
  expect(await live.verify(before)).toBeDefined();
  const late = await open({ clock: manualClock("2025-12-31T00:00:00Z") });
  expect(await late.live.verify(before)).toBeUndefined();
  expect(await late.live.verify(late.live.token)).toBeDefined();
});
