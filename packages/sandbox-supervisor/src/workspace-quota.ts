import type { RunResult } from "@claw/core";
import { type FreeSpace, freeSpace, type WorkspaceUsage, workspaceUsage } from "./workspace-usage.ts";

export interface WorkspaceQuotaOptions {
  /** The workspace on this host. */
  readonly path: string;
  readonly maxMb: number;
  /** Whether anything runs in the sandbox, background processes included. */
  readonly active: () => Promise<boolean>;
  /** Ends everything that runs in the sandbox. */
  readonly endAll: () => Promise<void>;
  /** Default 1,000. */
  readonly intervalMs?: number;
  /** Default: the real ones. */
  readonly measure?: {
    usage(path: string): Promise<WorkspaceUsage>;
    free(path: string): Promise<FreeSpace>;
  };
}

export interface WorkspaceQuota extends Disposable {
  /** Runs a command; its result says so when the quota ended it. */
  watch(run: () => Promise<RunResult>): Promise<RunResult>;
}

const MEBIBYTE = 1024 * 1024;

/** A workspace is measured anew once the disk lost this share of the quota, at most this much. */
const STEP_SHARE = 1 / 8;
const STEP_BYTES = 64 * MEBIBYTE;

/** And in any case now and then, because others may free what the sandbox takes; rarely where it takes long. */
const AGAIN_MS = 30_000;
const AGAIN_FACTOR = 20;

/** What stays free on the host's disk for others, whatever a quota would still allow. */
const RESERVE_SHARE = 0.02;
const RESERVE_BYTES = 1024 * MEBIBYTE;

interface Measure {
  readonly bytes: number;
  /** On the disk, at the time. */
  readonly freeBytes: number;
  /** On the clock of `performance`. */
  readonly againAt: number;
}

/**
 * Ends everything in a sandbox whose workspace grows beyond its quota, or which runs while the disk is all but full. A
 * workspace that already holds more may not grow. Files that were deleted and are still open are nowhere in the tree:
 * against them stands the reserve.
 */
export function workspaceQuota(options: WorkspaceQuotaOptions): WorkspaceQuota {
  const { path, maxMb, active, endAll, intervalMs = 1_000 } = options;
  const { usage, free } = options.measure ?? { usage: workspaceUsage, free: freeSpace };
  const maxBytes = maxMb * MEBIBYTE;
  const stepBytes = Math.min(maxBytes * STEP_SHARE, STEP_BYTES);
  let known: Measure | undefined;
  let partly = 0;
  let reason: string | undefined;
  let ends = 0;
  let checking = false;

  async function measure(freeBytes: number): Promise<WorkspaceUsage> {
    const startedAt = performance.now();
    const found = await usage(path);
    const now = performance.now();
    partly = found.whole ? 0 : partly + 1;
    // What hides from the count was taken from the disk all the same. Once may be a file that vanished meanwhile.
    const hidden = partly > 1 && known !== undefined ? known.bytes + known.freeBytes - freeBytes : 0;
    const bytes = Math.max(found.bytes, hidden);
    const againAt = now + Math.max(AGAIN_MS, (now - startedAt) * AGAIN_FACTOR);
    known = found.whole || known === undefined ? { bytes, freeBytes, againAt } : { ...known, againAt };
    return { bytes, whole: found.whole };
  }

  async function look(): Promise<string | undefined> {
    await baseline;
    const { freeBytes, totalBytes } = await free(path);
    const before = known ?? { bytes: 0, freeBytes, againAt: 0 };
    if (freeBytes < Math.min(totalBytes * RESERVE_SHARE, RESERVE_BYTES) && freeBytes < before.freeBytes) {
      return `the host's disk has only ${megabytes(freeBytes)} MB left`;
    }
    if (before.freeBytes - freeBytes < stepBytes && performance.now() < before.againAt) return undefined;
    const { bytes } = await measure(freeBytes);
    if (bytes <= Math.max(maxBytes, before.bytes)) return undefined;
    return `the workspace holds ${megabytes(bytes)} MB, and ${maxMb} MB are allowed`;
  }

  async function check(): Promise<void> {
    if (checking) return;
    checking = true;
    try {
      const found = (await active()) ? await look() : undefined;
      if (found === undefined) return;
      reason = found;
      ends++;
      await endAll();
    } finally {
      checking = false;
    }
  }

  // What it holds before anything runs in it. Without it the first measure is taken under the first command.
  const baseline = free(path)
    .then(({ freeBytes }) => measure(freeBytes))
    .catch(() => {});
  const timer = setInterval(() => {
    // A sandbox or a workspace that is gone has nothing to be watched.
    check().catch(() => {});
  }, intervalMs);
  timer.unref();

  return {
    async watch(run) {
      const before = ends;
      const result = await run();
      if (ends === before) return result;
      return {
        ...result,
        stderr: `${result.stderr}claw: ended, because ${reason}; delete something first\n`,
        exhausted: [...(result.exhausted ?? []), "disk"],
      };
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

const megabytes = (bytes: number) => Math.floor(bytes / MEBIBYTE);
