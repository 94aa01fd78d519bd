import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type WorkspaceQuotaOptions, workspaceQuota } from "./workspace-quota.ts";
import { freeSpace, workspaceUsage } from "./workspace-usage.ts";

const MB = 1024 * 1024;
const directory = mkdtempSync(join(tmpdir(), "claw-quota-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Sample {
  readonly usedMb: number;
  readonly freeMb: number;
  readonly whole?: boolean;
}

/** Looks at one sample after the other, the last for good; `seen` resolves when it was looked at twice. */
function watched(samples: readonly Sample[], given: Partial<WorkspaceQuotaOptions> = {}) {
  const seen = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let at = -1;
  let beyond = 0;
  const last: Sample = samples.at(-1) ?? { usedMb: 0, freeMb: 0 };
  const quota = workspaceQuota({
    path: "/",
    maxMb: 100,
    intervalMs: 1,
    active: async () => true,
    endAll: async () => ended.resolve(),
    measure: {
      async free() {
        at++;
        if (at >= samples.length) beyond++;
        if (beyond > 1) seen.resolve();
        return { freeBytes: (samples[at] ?? last).freeMb * MB, totalBytes: 1_000_000 * MB };
      },
      usage: async () => {
        const { usedMb, whole = true } = samples[at] ?? last;
        return { bytes: usedMb * MB, whole };
      },
    },
    ...given,
  });
  const outcome = Promise.race([ended.promise.then(() => "ended"), seen.promise.then(() => "left alone")]);
  return { quota, outcome };
}

const result = { exitCode: 137, stdout: "", stderr: "", truncated: false, timedOut: false };

test("a workspace that outgrows its quota ends the command, whose result says so", async () => {
  const { quota, outcome } = watched([
    { usedMb: 10, freeMb: 50_000 },
    { usedMb: 120, freeMb: 49_890 },
  ]);
  using _ = quota;
  const run = await quota.watch(async () => {
    expect(await outcome).toBe("ended");
    return result;
  });
  expect(run).toMatchObject({ exitCode: 137, exhausted: ["disk"] });
  expect(run.stderr).toMatch(/workspace holds 120 MB, and 100 MB are allowed/);
  expect(await quota.watch(async () => result)).toEqual(result);
});

test.each<[string, Sample[], string]>([
  [
    "grows within it",
    [
      { usedMb: 10, freeMb: 50_000 },
      { usedMb: 90, freeMb: 49_920 },
    ],
    "left alone",
  ],
  [
    "held more from the start and shrinks",
    [
      { usedMb: 500, freeMb: 50_000 },
      { usedMb: 480, freeMb: 49_000 },
    ],
    "left alone",
  ],
  [
    "held more from the start and grows",
    [
      { usedMb: 500, freeMb: 50_000 },
      { usedMb: 520, freeMb: 49_980 },
    ],
    "ended",
  ],
  [
    "stays while others fill the disk",
    [
      { usedMb: 10, freeMb: 50_000 },
      { usedMb: 10, freeMb: 40_000 },
    ],
    "left alone",
  ],
  [
    "hides what it holds",
    [
      { usedMb: 10, freeMb: 50_000 },
      { usedMb: 10, freeMb: 49_800, whole: false },
    ],
    "ended",
  ],
  [
    "runs while the disk is all but full",
    [
      { usedMb: 10, freeMb: 5_000 },
      { usedMb: 20, freeMb: 900 },
    ],
    "ended",
  ],
])("a workspace that %s", async (_name, samples, expected) => {
  const { quota, outcome } = watched(samples);
  using _ = quota;
  expect(await outcome).toBe(expected);
});

test("a sandbox in which nothing runs is not looked at", async () => {
  const asked = Promise.withResolvers<void>();
  let questions = 0;
  let looks = 0;
  using _ = workspaceQuota({
    path: "/",
    maxMb: 1,
    intervalMs: 1,
    async active() {
      if (++questions === 5) asked.resolve();
      return false;
    },
    endAll: async () => {},
    measure: {
      async free() {
        looks++;
        return { freeBytes: 0, totalBytes: MB };
      },
      usage: async () => ({ bytes: 5 * MB, whole: true }),
    },
  });
  await asked.promise;
  expect(looks).toBe(1);
});

test("usage counts what files take on the disk, each once", async () => {
  execFileSync(
    "bash",
    ["-c", "head -c 2M /dev/zero > a; ln a b; mkdir c; head -c 1M /dev/zero > c/d; truncate -s 1G hole"],
    {
      cwd: directory,
    },
  );
  const { bytes, whole } = await workspaceUsage(directory);
  expect(whole).toBe(true);
  expect(bytes / MB).toBeGreaterThan(2.9);
  expect(bytes / MB).toBeLessThan(3.5);
  const { freeBytes, totalBytes } = await freeSpace(directory);
  expect(freeBytes).toBeGreaterThan(0);
  expect(freeBytes).toBeLessThan(totalBytes);
});
