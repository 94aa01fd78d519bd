import assert from "node:assert/strict";
import { type Attack, attempt, isAlive } from "./case.ts";
import { holder } from "./processes.ts";

const small = (workspace: string) => ({
  workspace: { access: "rw", path: workspace } as const,
  memoryMb: 128,
  pids: 64,
  diskMb: 64,
});

/** Programs that nothing but their limits would stop. */
const MANY_EATERS =
  "for i in 1 2 3 4 5 6 7 8; do python3 -c 'import time; x = bytearray(40_000_000); time.sleep(5)' & done; wait";

export const resourceAttacks: readonly Attack[] = [
  {
    name: "a fork bomb runs into its limit, is reported as too many processes, and is gone with its time",
    spec: small,
    async run({ sandbox, programs }) {
      const bomb = await attempt(sandbox, "bomb() { bomb | bomb & }; bomb 2>/dev/null; sleep 60", { timeoutMs: 3_000 });
      if (programs) assert.deepEqual([bomb.timedOut, bomb.exhausted], [true, ["processes"]]);
      else assert.notEqual(bomb.exitCode, 0);
      assert.ok(await isAlive(sandbox));
    },
  },
  {
    name: "a process that takes more memory than there is ends and is reported as out of memory",
    spec: small,
    async run({ sandbox, programs }) {
      if (!programs) {
        // The interpreter's own limits come before its memory's: a string can't grow that long.
        const grown = await attempt(sandbox, "x=aaaaaaaaaaaaaaaa; for i in $(seq 1 30); do x=$x$x; done; echo ${#x}");
        assert.notEqual(grown.exitCode, 0);
      } else {
        const eater = await attempt(sandbox, "python3 -c 'x = bytearray(400_000_000)'");
        assert.deepEqual([eater.exitCode, eater.exhausted], [137, ["memory"]]);
      }
      assert.ok(await isAlive(sandbox));
    },
  },
  {
    name: "processes that take it together are ended and reported as out of memory",
    spec: small,
    needsPrograms: true,
    async run({ sandbox }) {
      assert.deepEqual((await attempt(sandbox, MANY_EATERS)).exhausted, ["memory"]);
      assert.ok(await isAlive(sandbox));
    },
  },
  {
    name: "a file that fills the disk is cut at the quota and reported",
    spec: small,
    async run({ sandbox }) {
      const filled = await attempt(sandbox, "head -c 200M /dev/zero > big; exit $?");
      assert.deepEqual([filled.exitCode, filled.exhausted], [153, ["disk"]]);
      assert.ok(await isAlive(sandbox));
      assert.equal((await attempt(sandbox, "stat -c %s big; rm big")).stdout, `${64 * 1024 * 1024}\n`);
    },
  },
  {
    name: "many files that fill the disk end their command, which is reported, and can be deleted",
    spec: small,
    async run({ sandbox }) {
      const fill = "i=0; while true; do i=$((i % 40 + 1)); head -c 8M /dev/zero > file$i; done";
      const filled = await attempt(sandbox, fill);
      assert.deepEqual([filled.exitCode, filled.exhausted], [137, ["disk"]]);
      assert.match(filled.stderr, /workspace holds \d+ MB, and 64 MB are allowed/);
      assert.equal((await attempt(sandbox, "rm file*; ls | wc -l")).stdout.trim(), "0");
    },
  },
  {
    name: "what a process in the background writes counts as well",
    spec: small,
    needsPrograms: true,
    async run({ sandbox, workspace }) {
      const fill = "i=0; while true; do i=$((i % 40 + 1)); head -c 8M /dev/zero > file$i; done";
      await attempt(sandbox, "mkfifo held");
      const held = holder(workspace);
      await attempt(sandbox, `setsid bash -c 'exec 3>held; ${fill}' >/dev/null 2>&1 &`);
      await (await held).gone();
      assert.ok(await isAlive(sandbox));
    },
  },
  {
    name: "/tmp has a size of its own",
    spec: small,
    async run({ sandbox }) {
      const filled = await attempt(
        sandbox,
        "for i in 1 2 3 4 5 6 7 8; do head -c 60M /dev/zero > /tmp/fill$i || exit; done",
      );
      assert.notEqual(filled.exitCode, 0);
      await attempt(sandbox, "rm -f /tmp/fill*");
      assert.ok(await isAlive(sandbox));
    },
  },
  {
    name: "a flood of output is cut and says so, and what waits for it stays small",
    async run({ sandbox, programs }) {
      let handedOver = 0;
      const before = process.memoryUsage().rss;
      const flood = await attempt(sandbox, programs ? "yes flooding | head -c 200M" : "seq 1 900000; seq 1 900000", {
        onOutput: ({ text }) => {
          handedOver += text.length;
        },
      });
      assert.equal(flood.truncated, true);
      assert.ok(flood.stdout.length < 70_000);
      assert.ok(handedOver > 0);
      if (programs) assert.ok(process.memoryUsage().rss - before < 150_000_000);
      assert.ok(await isAlive(sandbox));
    },
  },
  {
    name: "open files have a limit that can't be raised",
    needsPrograms: true,
    async run({ sandbox }) {
      const opened = await attempt(
        sandbox,
        'ulimit -n 1000000; python3 -c \'[open("/dev/null") for _ in range(5000)]; x = [open("/dev/null") for _ in range(5000)]; print(len(x))\'',
      );
      assert.match(opened.stderr, /Too many open files/);
    },
  },
];
