import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { readText, rejects, type SandboxCase } from "./case.ts";

/** A directory outside of every workspace, with a file nobody in the sandbox may see. */
async function outsideDirectory() {
  const directory = await mkdtemp(join(tmpdir(), "claw-outside-"));
  await writeFile(join(directory, "secret.txt"), "the host's secret");
  return {
    directory,
    secret: join(directory, "secret.txt"),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

export const pathCases: readonly SandboxCase[] = [
  {
    name: "a path that leaves the workspace rejects with SANDBOX_PATH_ESCAPE",
    async run({ sandbox }) {
      const paths = [
        "..",
        "../x",
        "a/../../x",
        "/",
        "/etc/passwd",
        "/workspace/../etc/passwd",
        "/workspace2/x",
        "a\0b",
        "\0",
      ];
      for (const path of paths) {
        await rejects(sandbox.readFile(path), "SANDBOX_PATH_ESCAPE");
        await rejects(sandbox.writeFile(path, "x"), "SANDBOX_PATH_ESCAPE");
        await rejects(sandbox.list(path), "SANDBOX_PATH_ESCAPE");
      }
    },
  },
  {
    name: "a link to a file outside is neither read nor written",
    async run({ sandbox, workspace }) {
      await using outside = await outsideDirectory();
      await symlink(outside.secret, join(workspace, "absolute"));
      await symlink(relative(workspace, outside.secret), join(workspace, "relative"));
      await symlink("absolute", join(workspace, "chained"));
      for (const path of ["absolute", "relative", "chained"]) {
        await rejects(sandbox.readFile(path), "SANDBOX_PATH_ESCAPE");
        await rejects(sandbox.writeFile(path, "overwritten"), "SANDBOX_PATH_ESCAPE");
        assert.doesNotMatch((await sandbox.run(`cat ${path}; echo overwritten > ${path}`)).stdout, /secret/);
      }
      assert.equal(await readFile(outside.secret, "utf8"), "the host's secret");
    },
  },
  {
    name: "a link to a directory outside is neither listed nor passed through",
    async run({ sandbox, workspace }) {
      await using outside = await outsideDirectory();
      await symlink(outside.directory, join(workspace, "out"));
      await rejects(sandbox.list("out"), "SANDBOX_PATH_ESCAPE");
      await rejects(sandbox.readFile("out/secret.txt"), "SANDBOX_PATH_ESCAPE");
      await rejects(sandbox.writeFile("out/new.txt", "x"), "SANDBOX_PATH_ESCAPE");
      await rejects(sandbox.writeFile("out/new/deep.txt", "x"), "SANDBOX_PATH_ESCAPE");
      assert.doesNotMatch((await sandbox.run("ls out/; cat out/*; mkdir out/made")).stdout, /secret/);
      assert.deepEqual(await readdir(outside.directory), ["secret.txt"]);
    },
  },
  {
    name: "a dangling link to the outside creates nothing there",
    async run({ sandbox, workspace }) {
      await using outside = await outsideDirectory();
      await symlink(join(outside.directory, "planted"), join(workspace, "dangling"));
      await rejects(sandbox.writeFile("dangling", "x"), "SANDBOX_PATH_ESCAPE");
      await rejects(sandbox.readFile("dangling"), "SANDBOX_PATH_ESCAPE");
      await sandbox.run("echo x > dangling");
      assert.deepEqual(await readdir(outside.directory), ["secret.txt"]);
    },
  },
  {
    name: "a link that stays inside the workspace is followed",
    async run({ sandbox, workspace }) {
      await sandbox.writeFile("real/file.txt", "inside");
      await symlink("real", join(workspace, "dir"));
      await symlink("../real/./file.txt", join(workspace, "real", "again"));
      assert.equal(await readText(sandbox, "dir/file.txt"), "inside");
      assert.equal(await readText(sandbox, "dir/again"), "inside");
      await sandbox.writeFile("dir/new.txt", "through the link");
      assert.equal(await readText(sandbox, "real/new.txt"), "through the link");
    },
  },
  {
    name: "links in a circle are refused, not followed for ever",
    async run({ sandbox, workspace }) {
      await symlink("two", join(workspace, "one"));
      await symlink("one", join(workspace, "two"));
      await assert.rejects(sandbox.readFile("one/x"));
      await assert.rejects(sandbox.writeFile("one", "x"));
      await assert.rejects(sandbox.list("two"));
    },
  },
  {
    name: "commands do not see the host's files",
    async run({ sandbox, workspace }) {
      await using outside = await outsideDirectory();
      const { stdout } = await sandbox.run(`cat '${outside.secret}'; ls -d '${workspace}'; cat /etc/shadow`);
      assert.equal(stdout, "");
    },
  },
];
