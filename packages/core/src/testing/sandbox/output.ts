import assert from "node:assert/strict";
import type { OutputChunk } from "../../sandbox.ts";
import type { SandboxCase } from "./case.ts";

const join = (chunks: readonly OutputChunk[], stream: OutputChunk["stream"]) =>
  chunks
    .filter((chunk) => chunk.stream === stream)
    .map((chunk) => chunk.text)
    .join("");

const numbers = Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join("");

export const outputCases: readonly SandboxCase[] = [
  {
    name: "output beyond the default cap keeps head, tail and a mark that counts the rest",
    async run({ sandbox }) {
      const { stdout, truncated } = await sandbox.run("seq 1 20000");
      assert.equal(truncated, true);
      const [, head = "?", dropped, tail = "?"] = /^(.*)\n\[… (\d+) bytes dropped …\]\n(.*)$/s.exec(stdout) ?? [];
      assert.ok(numbers.startsWith(head) && head.length > 0);
      assert.ok(numbers.endsWith(tail) && tail.length > 0);
      assert.equal(head.length + tail.length + Number(dropped), numbers.length);
      assert.ok(head.length + tail.length <= 65_536);
    },
  },
  {
    name: "the cap counts for each stream alone, and output as long as the cap is whole",
    async run({ sandbox }) {
      const { stdout, stderr, truncated } = await sandbox.run("printf 0123456789; seq 1 100 >&2", {
        maxOutputBytes: 10,
      });
      assert.equal(stdout, "0123456789");
      assert.match(stderr, /bytes dropped/);
      assert.equal(truncated, true);
      assert.equal((await sandbox.run("printf 0123456789", { maxOutputBytes: 10 })).truncated, false);
    },
  },
  {
    name: "a flood of output ends as a capped result",
    async run({ sandbox }) {
      const { exitCode, stdout, truncated } = await sandbox.run("seq 1 900000; seq 1 900000");
      assert.equal(exitCode, 0);
      assert.equal(truncated, true);
      assert.ok(stdout.length < 70_000);
    },
  },
  {
    name: "all output is handed over in order before the result, also beyond the cap",
    async run({ sandbox }) {
      const chunks: OutputChunk[] = [];
      const onOutput = (chunk: OutputChunk) => chunks.push(chunk);
      await sandbox.run("seq 1 20000; seq 1 300 >&2", { onOutput, maxOutputBytes: 100 });
      const seen = chunks.length;
      assert.equal(join(chunks, "stdout"), numbers);
      assert.equal(join(chunks, "stderr"), numbers.slice(0, numbers.indexOf("301\n")));
      await sandbox.run("true");
      assert.equal(chunks.length, seen);
    },
  },
  {
    name: "output is handed over while the command still runs",
    async run({ sandbox }) {
      let told = Promise.resolve();
      const running = sandbox.run("echo ready; while [ ! -e go ]; do sleep 0.02; done; echo went", {
        timeoutMs: 10_000,
        onOutput: ({ text }) => {
          if (text.includes("ready")) told = sandbox.writeFile("go", "");
        },
      });
      assert.equal((await running).stdout, "ready\nwent\n");
      await told;
    },
  },
  {
    name: "a character written in two halves arrives whole",
    async run({ sandbox }) {
      const chunks: OutputChunk[] = [];
      const command = "printf '\\xe2\\x82'; sleep 0.1; printf '\\xac'";
      const { stdout } = await sandbox.run(command, { onOutput: (chunk) => chunks.push(chunk) });
      assert.equal(stdout, "€");
      assert.equal(join(chunks, "stdout"), "€");
      assert.ok(chunks.every(({ text }) => !text.includes("\uFFFD")));
    },
  },
  {
    name: "a cap inside a character drops the whole character",
    async run({ sandbox }) {
      const { stdout } = await sandbox.run("for i in 1 2 3 4 5 6 7 8; do printf '€€€€'; done", { maxOutputBytes: 40 });
      assert.match(stdout, /^€+\n\[… \d+ bytes dropped …\]\n€+$/);
    },
  },
  {
    name: "output that is no UTF-8 becomes replacement characters",
    async run({ sandbox }) {
      const { exitCode, stdout } = await sandbox.run("printf 'a\\xff\\xfeb'");
      assert.deepEqual([exitCode, stdout], [0, "a\uFFFD\uFFFDb"]);
    },
  },
];
