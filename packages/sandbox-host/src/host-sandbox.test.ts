import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxSpec } from "@claw/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hostSandbox } from "./index.ts";

let directory: string;
let workspace: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "claw-host-test-"));
  workspace = await mkdtemp(join(directory, "workspace-"));
  await writeFile(join(directory, "secret"), "of the host");
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const acquire = (access: SandboxSpec["workspace"]) =>
  hostSandbox({ stateDir: join(directory, "state") }).acquire({ key: "k", workspace: access, network: "none" });
const writable = () => acquire({ access: "rw", path: workspace });

test("commands run in the workspace as it is called on the machine, and file calls know it by both names", async () => {
  await using lease = await writable();
  const { sandbox } = lease;
  await sandbox.run("mkdir 'sub dir'");
  expect((await sandbox.run("pwd")).stdout).toBe(`${workspace}\n`);
  expect((await sandbox.run("pwd", { cwd: "/workspace/sub dir" })).stdout).toBe(`${workspace}/sub dir\n`);
  expect((await sandbox.run("pwd", { cwd: "/tmp" })).stdout).toBe("/tmp\n");
  await sandbox.writeFile(`${workspace}/note`, "kept");
  expect(String(await sandbox.readFile("/workspace/note"))).toBe("kept");
  expect(sandbox.description).toContain(workspace);
});

test("variables and the directory of one command do not reach the next", async () => {
  await using lease = await writable();
  await lease.sandbox.run("export LEFT=1; cd /tmp");
  expect((await lease.sandbox.run('echo "[$LEFT]"; pwd')).stdout).toBe(`[]\n${workspace}\n`);
});

test("file calls stay in the workspace, also over links", async () => {
  await using lease = await writable();
  await symlink(join(directory, "secret"), join(workspace, "link"));
  await symlink(directory, join(workspace, "out"));
  for (const path of ["link", "out/secret", "../secret", join(directory, "secret"), `${workspace}-other/x`]) {
    await expect(lease.sandbox.readFile(path)).rejects.toMatchObject({ code: "SANDBOX_PATH_ESCAPE" });
    await expect(lease.sandbox.writeFile(path, "x")).rejects.toMatchObject({ code: "SANDBOX_PATH_ESCAPE" });
  }
  expect(await readFile(join(directory, "secret"), "utf8")).toBe("of the host");
});

test("of the gateway's environment a command has nothing but what it needs to run programs", async () => {
  await using lease = await writable();
  process.env["OPENAI_API_KEY"] = "planted";
  try {
    const { stdout } = await lease.sandbox.run("env | cut -d= -f1 | sort | xargs");
    expect(stdout.trim()).toBe("CLAW_COMMAND CLAW_SANDBOX HOME LANG PATH PWD SHLVL USER _");
  } finally {
    delete process.env["OPENAI_API_KEY"];
  }
});

test.each([
  "PATH",
  "LD_PRELOAD",
  "ld_preload",
  "DYLD_INSERT_LIBRARIES",
  "BASH_ENV",
  "NODE_OPTIONS",
  "GIT_SSH_COMMAND",
  "__claw_0000",
  "CLAW_COMMAND",
])("the variable %s can't be set", async (name) => {
  await using lease = await writable();
  const result = await lease.sandbox.run("touch ran", { env: { [name]: "x" } });
  expect(result).toMatchObject({ exitCode: 126, stderr: expect.stringContaining(name) });
  expect(await lease.sandbox.readFile("ran")).toBeUndefined();
});

test("the script of a command is in no list of processes", async () => {
  await using lease = await writable();
  const { stdout } = await lease.sandbox.run(`: planted-word; tr '\\0' ' ' < /proc/$$/cmdline`);
  expect(stdout).toContain("/bin/bash --norc -c");
  expect(stdout).not.toContain("planted-word");
});

test("what a command leaves in the background goes on until the sandbox ends", async () => {
  const lease = await writable();
  const { stdout } = await lease.sandbox.run("setsid sleep 600 >/dev/null 2>&1 & echo $!");
  const running = async () => /\) [^XZ] /.test(await readFile(`/proc/${stdout.trim()}/stat`, "utf8").catch(() => ""));
  expect(await running()).toBe(true);
  await lease[Symbol.asyncDispose]();
  // It has no memory left; the kernel may take a moment more for the rest of it.
  await expect.poll(running).toBe(false);
});

test("a command whose pipe is held by something it left behind ends all the same, with its output", async () => {
  await using lease = await writable();
  const result = await lease.sandbox.run("sleep 600 & seq 20000; exit 3", { maxOutputBytes: 1_000_000 });
  expect(result).toMatchObject({ exitCode: 3, timedOut: false, truncated: false });
  expect(result.stdout).toMatch(/\n20000\n$/);
});

test("a fork bomb that leaves its session ends with its command", async () => {
  await using lease = await writable();
  const bomb = "f() { setsid bash -c 'sleep 0.05; echo x >> ticks; sleep 600' & sleep 0.01; f; }; f";
  await lease.sandbox.run(bomb, { timeoutMs: 1_500 });
  // That nothing writes any more shows only in time; a bomb that lives writes every hundredth of a second.
  const { stdout } = await lease.sandbox.run("wc -c < ticks; sleep 0.3; wc -c < ticks");
  const [before, after] = stdout.trim().split("\n");
  expect(after).toBe(before);
});

test("a read-only workspace, which the host can't keep, is refused", async () => {
  await expect(acquire({ access: "ro", path: workspace })).rejects.toMatchObject({ code: "SANDBOX_UNAVAILABLE" });
});
