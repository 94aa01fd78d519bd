import { describe, expect, test } from "vitest";
import { type DiskFault, type FailingDisk, failingDisk } from "../harness/failing-disk.ts";
import { bundleCrashingGateway } from "./bundle.ts";
import { checkAfterFault } from "./check.ts";
import { createWorld } from "./world.ts";

type Fault = Pick<DiskFault, "operation" | "file" | "error">;

const operations = {
  EIO: ["read", "write", "sync", "truncate"],
  ENOSPC: ["write", "sync"],
  EROFS: ["write"],
} as const;
const files = ["/sessions.db", "/sessions.db-wal", "/claw.db", "/claw.db-wal"];
/** Of a life's calls, how many are tried, first and last among them. */
const MOST_CALLS = { EIO: 5, ENOSPC: 3, EROFS: 2 } as const;
/** Of every second call, more fail: what a retry meets as well. */
const IN_A_ROW = 3;
/** Of one fault, on a machine that does other things too. */
const LIMIT_MS = 400_000;

const program = await bundleCrashingGateway();
const compiler = await failingDisk();
await compiler?.[Symbol.asyncDispose]();

/** How many such calls a life makes when none fails. */
async function rehearse(disk: FailingDisk, fault: Fault): Promise<number> {
  await using world = await createWorld(program);
  disk.fail({ ...fault, times: 0 });
  expect(await world.liveOn(disk)).toBe("stopped");
  await checkAfterFault(world);
  return disk.counted().met;
}

function spread(calls: number, most: number): readonly number[] {
  const step = Math.max(1, (calls - 1) / (most - 1));
  return [...new Set(Array.from({ length: Math.min(calls, most) }, (_, index) => Math.round(index * step)))];
}

describe.concurrent("a disk that fails in the middle of work", () => {
  for (const error of ["EIO", "ENOSPC", "EROFS"] as const) {
    for (const operation of operations[error]) {
      for (const file of files) {
        if (operation === "truncate" && file.endsWith("-wal")) continue;
        test(`${error} at each ${operation} of ${file} loses nothing and does nothing twice`, {
          timeout: LIMIT_MS,
        }, async (context) => {
          await using disk = await failingDisk();
          if (disk === undefined) return context.skip("needs a C compiler");
          const calls = await rehearse(disk, { error, operation, file });
          let failed = 0;
          for (const [index, after] of spread(calls, MOST_CALLS[error]).entries()) {
            await using world = await createWorld(program);
            disk.fail({ error, operation, file, after, times: index % 2 === 0 ? 1 : IN_A_ROW });
            const how = await world.liveOn(disk);
            failed += disk.counted().failed;
            for (const reason of world.refusals) expect(reason).toMatch(/can't be (read|written)/);
            if (how === "not started") expect(world.refusals).toHaveLength(1);
            expect(await world.live()).toBe("stopped");
            await checkAfterFault(world);
          }
          expect(failed).toBeGreaterThan(0);
        });
      }
    }
  }
});
