import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { output, readText, rejects, type SandboxCase } from "./case.ts";

const oddNames = ["a b", "it's", '"q"', "$(touch pwned)", "-rf", "grüße €", "*", "back\\slash", " x ", "#", "…"];

export const fileCases: readonly SandboxCase[] = [
  {
    name: "a written file reads back, text and binary",
    async run({ sandbox }) {
      await sandbox.writeFile("text.txt", "grüße €\n");
      assert.equal(await readText(sandbox, "/workspace/text.txt"), "grüße €\n");
      const binary = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256);
      await sandbox.writeFile("data.bin", binary);
      assert.deepEqual(Uint8Array.from((await sandbox.readFile("data.bin")) ?? []), binary);
      await sandbox.writeFile("empty", "");
      assert.equal((await sandbox.readFile("empty"))?.length, 0);
    },
  },
  {
    name: "writing creates parent directories and replaces what was there",
    async run({ sandbox }) {
      await sandbox.writeFile("a/b/c.txt", "first, and longer");
      await sandbox.writeFile("a/b/c.txt", "second");
      assert.equal(await readText(sandbox, "a/b/../b/./c.txt"), "second");
    },
  },
  {
    name: "commands and file calls see each other's files",
    async run({ sandbox }) {
      await sandbox.run("mkdir -p made; printf by-run > made/one");
      assert.equal(await readText(sandbox, "made/one"), "by-run");
      await sandbox.writeFile("made/two", "by-call");
      assert.equal(await output(sandbox, "cat made/two"), "by-call");
      await sandbox.run("rm made/two");
      assert.equal(await sandbox.readFile("made/two"), undefined);
    },
  },
  {
    name: "what is missing is undefined",
    async run({ sandbox }) {
      await sandbox.writeFile("file", "");
      assert.equal(await sandbox.readFile("missing"), undefined);
      assert.equal(await sandbox.readFile("missing/deeper"), undefined);
      assert.equal(await sandbox.readFile("file/deeper"), undefined);
      assert.equal(await sandbox.list("missing"), undefined);
      assert.equal(await sandbox.list("file"), undefined);
    },
  },
  {
    name: "what is no file rejects with SANDBOX_NOT_A_FILE and never hangs",
    async run({ sandbox, workspace }) {
      await sandbox.run("mkdir dir; echo x > file");
      execFileSync("mkfifo", [join(workspace, "pipe")]);
      for (const path of ["dir", ".", "/workspace", "pipe"]) {
        await rejects(sandbox.readFile(path), "SANDBOX_NOT_A_FILE");
        await rejects(sandbox.writeFile(path, "x"), "SANDBOX_NOT_A_FILE");
      }
      await rejects(sandbox.writeFile("file/deeper", "x"), "SANDBOX_NOT_A_FILE");
    },
  },
  {
    name: "a file above the limit rejects with SANDBOX_FILE_TOO_LARGE",
    async run({ sandbox }) {
      await sandbox.writeFile("ten", "0123456789");
      await rejects(sandbox.readFile("ten", { maxBytes: 9 }), "SANDBOX_FILE_TOO_LARGE");
      assert.equal((await sandbox.readFile("ten", { maxBytes: 10 }))?.length, 10);
      await sandbox.writeFile("big", new Uint8Array(4 * 1024 * 1024 + 1));
      await rejects(sandbox.readFile("big"), "SANDBOX_FILE_TOO_LARGE");
      assert.equal((await sandbox.readFile("big", { maxBytes: 5 * 1024 * 1024 }))?.length, 4 * 1024 * 1024 + 1);
    },
  },
  {
    name: "a listing is sorted and tells kinds and sizes",
    async run({ sandbox, workspace }) {
      await sandbox.writeFile("b.txt", "12345");
      await sandbox.writeFile("a/inner", "");
      await sandbox.writeFile(".hidden", "1");
      await symlink("/etc/passwd", join(workspace, "z-link"));
      const names = [
        { name: ".hidden", kind: "file", size: 1 },
        { name: "a", kind: "directory", size: 0 },
        { name: "b.txt", kind: "file", size: 5 },
      ];
      const listed = await sandbox.list(".");
      assert.deepEqual(listed?.slice(0, 3), names);
      assert.deepEqual([listed?.[3]?.name, listed?.[3]?.kind], ["z-link", "other"]);
      assert.deepEqual(await sandbox.list("/workspace/a"), [{ name: "inner", kind: "file", size: 0 }]);
    },
  },
  {
    name: "odd file names are names and nothing else",
    async run({ sandbox }) {
      for (const name of oddNames) await sandbox.writeFile(`odd/${name}`, `${name}|`);
      assert.deepEqual(
        (await sandbox.list("odd"))?.map(({ name }) => name),
        oddNames.toSorted(),
      );
      for (const name of oddNames) assert.equal(await readText(sandbox, `odd/${name}`), `${name}|`);
      const all = await output(sandbox, 'cd odd; for f in *; do cat -- "$f"; done');
      assert.deepEqual(all.split("|").toSorted(), ["", ...oddNames].toSorted());
      await sandbox.writeFile("$(id)/deep er/'x'", "in");
      assert.equal((await sandbox.run("cat \"'x'\"", { cwd: "$(id)/deep er" })).stdout, "in");
      assert.equal(await sandbox.readFile("pwned"), undefined);
    },
  },
  {
    name: "a line break in a file name is a character like others",
    async run({ sandbox }) {
      await sandbox.writeFile("new\nline", "in");
      assert.equal((await sandbox.list("."))?.[0]?.name, "new\nline");
      assert.equal(await output(sandbox, 'for f in *; do cat -- "$f"; done'), "in");
    },
  },
];
