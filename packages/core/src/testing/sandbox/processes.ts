import assert from "node:assert/strict";
import type { Sandbox, SandboxProcess, StartOptions } from "../../sandbox.ts";
import { output, rejects, type SandboxCase } from "./case.ts";

/** A process, and what it has written so far. */
interface Started extends SandboxProcess {
  /** Resolves once it has written this. */
  wrote(text: string): Promise<void>;
  all(): string;
}

function start(sandbox: Sandbox, command: string, options: Omit<StartOptions, "onOutput"> = {}): Started {
  assert.ok(sandbox.start, "expected a sandbox that starts processes");
  let text = "";
  const waiting: { readonly wanted: string; readonly found: () => void }[] = [];
  const started = sandbox.start(command, {
    ...options,
    onOutput(chunk) {
      text += chunk.text;
      for (const { wanted, found } of waiting) if (text.includes(wanted)) found();
    },
  });
  return {
    ...started,
    all: () => text,
    wrote(wanted) {
      if (text.includes(wanted)) return Promise.resolve();
      const ended = started.exit.then(() => assert.fail(`it ended without ${wanted}: ${text}`));
      return Promise.race([ended, new Promise<void>((found) => waiting.push({ wanted, found }))]);
    },
  };
}

export const processCases: readonly SandboxCase[] = [
  {
    name: "a process goes on while other commands run, and ends with its exit code",
    async run({ sandbox }) {
      const process = start(sandbox, "echo up; read line; echo got $line >&2; exit 7");
      await process.wrote("up\n");
      assert.equal(await output(sandbox, "echo beside"), "beside\n");
      await process.write("word\n");
      assert.deepEqual(await process.exit, { exitCode: 7, timedOut: false });
      assert.equal(process.all(), "up\ngot word\n");
    },
  },
  {
    name: "the end of a process's input is its own to see",
    async run({ sandbox }) {
      const process = start(sandbox, "cat; echo end");
      await process.write("held ");
      process.endInput();
      assert.equal((await process.exit).exitCode, 0);
      assert.equal(process.all(), "held end\n");
    },
  },
  {
    name: "a process is interrupted, and killed with all that it started",
    async run({ sandbox }) {
      const polite = start(sandbox, "trap 'echo bye; exit 3' INT; echo up; while :; do sleep 0.05; done");
      await polite.wrote("up");
      polite.signal("SIGINT");
      assert.equal((await polite.exit).exitCode, 3);
      const stubborn = start(sandbox, "setsid sleep 731 & trap '' TERM INT HUP; echo up; while :; do sleep 0.05; done");
      await stubborn.wrote("up");
      stubborn.signal("SIGKILL");
      assert.equal((await stubborn.exit).exitCode, 137);
      const { stdout } = await sandbox.run("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '");
      assert.ok(!stdout.includes("sleep 731"), stdout);
      stubborn.signal("SIGKILL");
      await stubborn.write("too late");
    },
  },
  {
    name: "a process has a terminal of the size that was asked for, which can change",
    async run({ sandbox }) {
      const terminal = { rows: 30, columns: 90 };
      const process = start(sandbox, "stty size; read line; stty size; test -t 0 && test -t 2 && echo tty >&2", {
        terminal,
      });
      await process.wrote("30 90");
      process.resize({ rows: 40, columns: 100 });
      await process.write("\n");
      assert.equal((await process.exit).exitCode, 0);
      assert.match(process.all(), /40 100[\s\S]*tty/);
    },
  },
  {
    name: "a process ends at its time limit, and has its own directory and variables",
    async run({ sandbox }) {
      const process = start(sandbox, "pwd; echo $WORD; sleep 60", {
        timeoutMs: 2_000,
        cwd: "/",
        env: { WORD: "here" },
      });
      assert.deepEqual(await process.exit, { exitCode: 124, timedOut: true });
      assert.equal(process.all(), "/\nhere\n");
    },
  },
  {
    name: "a process whose listener throws is ended",
    async run({ sandbox }) {
      assert.ok(sandbox.start, "expected a sandbox that starts processes");
      const onOutput = () => {
        throw new Error("the listener's own");
      };
      assert.equal((await sandbox.start("echo x; sleep 60", { onOutput }).exit).exitCode, 137);
    },
  },
  {
    name: "disposing under a process rejects its exit with SANDBOX_LOST",
    async run({ acquire }) {
      const lease = await acquire();
      const process = start(lease.sandbox, "echo up; sleep 60");
      await process.wrote("up");
      await lease[Symbol.asyncDispose]();
      await rejects(process.exit, "SANDBOX_LOST");
      await rejects(start(lease.sandbox, "echo late").exit, "SANDBOX_LOST");
    },
  },
];

export const noProcesses: SandboxCase = {
  name: "a sandbox that can't start processes does not offer to",
  async run({ sandbox }) {
    assert.equal(sandbox.start, undefined);
  },
};
