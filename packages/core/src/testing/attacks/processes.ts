import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { type Attack, attempt, isAlive, succeeded } from "./case.ts";

interface Holder {
  /** Resolves once no process holds it any more. */
  gone(): Promise<void>;
}

/** Resolves once a process in the sandbox holds the FIFO `held` open for writing; make it first. */
export async function holder(workspace: string): Promise<Holder> {
  const fifo = await open(join(workspace, "held"), "r");
  return {
    async gone() {
      await fifo.readFile();
      await fifo.close();
    },
  };
}

/** Holds the FIFO for as long as it lives, in a session of its own, orphaned, and deaf to what it can ignore. */
const ORPHAN =
  "(setsid nohup bash -c 'trap \"\" HUP INT TERM; exec 3>held; while :; do sleep 600; done' >/dev/null 2>&1 &)";

export const processAttacks: readonly Attack[] = [
  {
    name: "a process that was orphaned and left its session ends with the time of its command",
    needsPrograms: true,
    async run({ sandbox, workspace }) {
      await attempt(sandbox, "mkfifo held");
      const held = holder(workspace);
      const { timedOut } = await attempt(sandbox, `${ORPHAN}; sleep 600`, { timeoutMs: 2_000 });
      assert.equal(timedOut, true);
      await (await held).gone();
      assert.ok(await isAlive(sandbox));
    },
  },
  {
    name: "a process that was orphaned and left its session ends with the sandbox",
    needsPrograms: true,
    async run({ acquire, workspace }) {
      const lease = await acquire();
      await attempt(lease.sandbox, "mkfifo held");
      const held = holder(workspace);
      await attempt(lease.sandbox, ORPHAN);
      const orphan = await held;
      await lease[Symbol.asyncDispose]();
      await orphan.gone();
    },
  },
  {
    name: "the first process can't be ended, stopped, read or spoken for",
    needsPrograms: true,
    async run({ sandbox }) {
      assert.deepEqual(
        await succeeded(sandbox, [
          "echo forged > /proc/1/fd/1",
          "head -c 1 /proc/1/fd/0",
          "grep . /proc/1/maps",
          "ls -l /proc/1/fd",
          "readlink /proc/1/exe",
          "kill -9 1 && ! kill -0 1",
        ]),
        [],
      );
      await attempt(sandbox, "kill -STOP 1; kill -TERM 1; for s in $(seq 1 64); do kill -$s 1; done 2>/dev/null");
      assert.ok(await isAlive(sandbox));
    },
  },
];
