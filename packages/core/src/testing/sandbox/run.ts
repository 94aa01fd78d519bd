import assert from "node:assert/strict";
import { output, readText, rejects, type SandboxCase } from "./case.ts";

const allBytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);

export const runCases: readonly SandboxCase[] = [
  {
    name: "a command yields its exit code and its two streams apart",
    async run({ sandbox }) {
      const result = await sandbox.run("echo out; echo err >&2; exit 7");
      assert.deepEqual(result, { exitCode: 7, stdout: "out\n", stderr: "err\n", truncated: false, timedOut: false });
    },
  },
  {
    name: "bash syntax works: pipes, substitutions, loops, arrays and here-documents",
    async run({ sandbox }) {
      const script = `a=(x y z)\nfor i in "\${a[@]}"; do echo "$i-$(echo "$i" | tr a-z A-Z)"; done\ncat <<END\nsum $((2 + 3))\nEND`;
      assert.equal(await output(sandbox, script), "x-X\ny-Y\nz-Z\nsum 5\n");
    },
  },
  {
    name: "an unknown command and a syntax error are results",
    async run({ sandbox }) {
      const unknown = await sandbox.run("no-such-command-here");
      assert.equal(unknown.exitCode, 127);
      assert.match(unknown.stderr, /no-such-command-here/);
      const broken = await sandbox.run("if then fi");
      assert.notEqual(broken.exitCode, 0);
      assert.notEqual(broken.stderr, "");
    },
  },
  {
    name: "a killed command's exit code is 128 plus the signal",
    async run({ sandbox }) {
      assert.equal((await sandbox.run("kill -9 $$")).exitCode, 137);
    },
  },
  {
    name: "a command longer than the system's argument limit runs",
    async run({ sandbox }) {
      assert.equal(await output(sandbox, `: ${"x".repeat(200_000)}\necho end`), "end\n");
    },
  },
  {
    name: "text and binary input reach the command unchanged",
    async run({ sandbox }) {
      assert.equal((await sandbox.run("cat", { stdin: "grüße €\n" })).stdout, "grüße €\n");
      await sandbox.run("cat > all.bin", { stdin: allBytes });
      assert.deepEqual(Uint8Array.from((await sandbox.readFile("all.bin")) ?? []), allBytes);
    },
  },
  {
    name: "a megabyte of input is read whole or ignored, and none is an empty input",
    async run({ sandbox }) {
      const stdin = "0123456789abcde\n".repeat(65_536);
      assert.equal((await sandbox.run("wc -c", { stdin })).stdout.trim(), String(stdin.length));
      assert.equal((await sandbox.run("true", { stdin })).exitCode, 0);
      assert.equal((await sandbox.run("cat", { timeoutMs: 10_000 })).exitCode, 0);
    },
  },
  {
    name: "the working directory is the workspace, a path in it, or an absolute path",
    async run({ sandbox }) {
      await sandbox.run("mkdir -p 'sub dir'");
      const pwd = async (cwd?: string) => (await sandbox.run("pwd", cwd === undefined ? {} : { cwd })).stdout;
      assert.equal(await pwd(), "/workspace\n");
      assert.equal(await pwd("sub dir"), "/workspace/sub dir\n");
      assert.equal(await pwd("/workspace/sub dir"), "/workspace/sub dir\n");
      assert.equal(await pwd("/tmp"), "/tmp\n");
    },
  },
  {
    name: "a missing working directory is a failed result and nothing runs",
    async run({ sandbox }) {
      const result = await sandbox.run("echo ran; touch /workspace/ran", { cwd: "no/such/dir" });
      assert.notEqual(result.exitCode, 0);
      assert.equal(result.stdout, "");
      assert.match(result.stderr, /no\/such\/dir/);
      assert.equal(await sandbox.readFile("ran"), undefined);
    },
  },
  {
    name: "given variables arrive verbatim and the host's do not arrive",
    async run({ sandbox }) {
      const odd = "a 'b' \"c\" $(touch pwned) `id` \\ \n€";
      const name = "CLAW_CONTRACT_SECRET";
      process.env[name] = "host-secret";
      try {
        const { stdout } = await sandbox.run('printf %s "$ODD"', { env: { ODD: odd } });
        assert.equal(stdout, odd);
        assert.equal(await sandbox.readFile("pwned"), undefined);
        assert.doesNotMatch(await output(sandbox, "env; export -p"), /host-secret|ODD/);
      } finally {
        delete process.env[name];
      }
    },
  },
  {
    name: "variables and the directory of one command do not reach the next",
    async run({ sandbox }) {
      await sandbox.run("export LEFT=1; cd /tmp");
      assert.equal(await output(sandbox, 'echo "[$LEFT]"; pwd'), "[]\n/workspace\n");
    },
  },
  {
    name: "a command that runs out of time ends with 124 and the sandbox goes on",
    async run({ sandbox }) {
      for (const command of ["sleep 60", "while :; do :; done"]) {
        const started = performance.now();
        const result = await sandbox.run(command, { timeoutMs: 300 });
        assert.deepEqual([result.exitCode, result.timedOut], [124, true], command);
        assert.ok(performance.now() - started < 5_000, `${command} ended after ${performance.now() - started} ms`);
      }
      assert.equal(await output(sandbox, "echo alive"), "alive\n");
    },
  },
  {
    name: "output from before the timeout is kept",
    async run({ sandbox }) {
      const result = await sandbox.run("echo before; sleep 60", { timeoutMs: 500 });
      assert.deepEqual([result.stdout, result.timedOut], ["before\n", true]);
    },
  },
  {
    name: "nothing a timed-out command started lives on",
    async run({ sandbox }) {
      const forever = "while :; do echo x >> ticks; sleep 0.02; done";
      const detach = `if command -v setsid >/dev/null; then setsid bash -c '${forever}' >/dev/null 2>&1 & fi`;
      const result = await sandbox.run(`${detach}; (${forever})`, { timeoutMs: 400 });
      assert.equal(result.timedOut, true);
      const before = await readText(sandbox, "ticks");
      assert.ok((before ?? "").length > 0);
      await sandbox.run("sleep 0.2");
      assert.equal(await readText(sandbox, "ticks"), before);
    },
  },
  {
    name: "an abort rejects once the command is gone and the sandbox goes on",
    async run({ sandbox }) {
      const command = "while :; do echo x >> ticks; sleep 0.02; done";
      await rejects(sandbox.run(command, { signal: AbortSignal.timeout(300) }), "SANDBOX_ABORTED");
      const before = await readText(sandbox, "ticks");
      await rejects(sandbox.run("while :; do :; done", { signal: AbortSignal.timeout(200) }), "SANDBOX_ABORTED");
      assert.equal(await readText(sandbox, "ticks"), before);
    },
  },
  {
    name: "an already aborted signal stops everything before it starts",
    async run({ sandbox }) {
      const signal = AbortSignal.abort();
      await rejects(sandbox.run("touch ran", { signal }), "SANDBOX_ABORTED");
      await rejects(sandbox.writeFile("ran", "", { signal }), "SANDBOX_ABORTED");
      await rejects(sandbox.readFile("ran", { signal }), "SANDBOX_ABORTED");
      await rejects(sandbox.list(".", { signal }), "SANDBOX_ABORTED");
      assert.deepEqual(await sandbox.list("."), []);
    },
  },
  {
    name: "commands in parallel keep their output apart",
    async run({ sandbox }) {
      const numbers = Array.from({ length: 8 }, (_, number) => number);
      const results = await Promise.all(
        numbers.map((number) => sandbox.run(`for i in 1 2 3; do echo ${number}; echo e${number} >&2; done`)),
      );
      assert.deepEqual(
        results.map(({ stdout, stderr }) => [stdout, stderr]),
        numbers.map((number) => [`${number}\n`.repeat(3), `e${number}\n`.repeat(3)]),
      );
    },
  },
  {
    name: "commands in parallel run at the same time",
    async run({ sandbox }) {
      const waiting = sandbox.run("while [ ! -e flag ]; do sleep 0.02; done; echo met", { timeoutMs: 10_000 });
      assert.equal((await sandbox.run("touch flag")).exitCode, 0);
      assert.equal((await waiting).stdout, "met\n");
    },
  },
];
