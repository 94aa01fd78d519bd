import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxLease, ToolContext, ToolResult } from "@claw/core";
import { bwrapSandbox } from "@claw/sandbox-bwrap";
import { virtualSandbox } from "@claw/sandbox-virtual";
import { afterEach, beforeEach, expect, test } from "vitest";
import { builtinTools } from "./index.ts";

execFileSync(new URL("../../sandbox-supervisor/native/build-all.sh", import.meta.url).pathname);

let stateDir: string;
let lease: SandboxLease;
let tools: ReturnType<typeof builtinTools>;
let afterwards: Promise<string | undefined>[];

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "claw-process-"));
  lease = await bwrapSandbox({ stateDir }).acquire({ key: "p", workspace: { access: "none" }, network: "none" });
  tools = builtinTools();
  afterwards = [];
});

afterEach(async () => {
  await lease[Symbol.asyncDispose]();
  await rm(stateDir, { recursive: true, force: true });
});

async function call(name: string, input: unknown, given: Partial<ToolContext> = {}): Promise<ToolResult> {
  const tool = tools.find((one) => one.name === name);
  const parsed = await tool?.input["~standard"].validate(input);
  if (tool === undefined || parsed?.issues !== undefined) throw new Error(JSON.stringify(parsed?.issues));
  return tool.run(parsed?.value, {
    run: "run",
    session: "session",
    agent: "main",
    principal: { id: "p", kind: "user", tenant: "local", scopes: ["write"], credential: "test" },
    sandbox: async () => lease.sandbox,
    ask: async () => undefined,
    goesOn: (work) => afterwards.push(work),
    progress() {},
    signal: new AbortController().signal,
    ...given,
  });
}

const start = async (command: string, more: object = {}): Promise<string> => {
  const { details } = await call("exec", { command, background: true, ...more });
  return String(details?.["process"]);
};
const act = (sessionId: string, action: string, more: object = {}) => call("process", { action, sessionId, ...more });

test("a command in the background is listed, polled, written to, and its end is told to the session", async () => {
  const id = await start("echo up; read line; echo got $line; exit 4");
  expect((await call("process", { action: "list" })).output).toMatch(`${id} running for`);
  await expect.poll(async () => (await act(id, "log")).output, { timeout: 80_000 }).toContain("up");
  expect((await act(id, "poll")).output).toMatch(/^up\n/);
  await act(id, "write", { data: "word\n" });
  const told = await afterwards[0];
  expect(told).toContain(`background process ${id} ended with exit code 4`);
  expect(told).toContain("got word");
  expect(told).not.toContain("\nup");
  expect((await act(id, "clear")).output).toContain("forgotten");
  expect((await act(id, "poll")).failed).toBe(true);
});

test("an end that the model has seen is not told again", async () => {
  const killed = await start("sleep 60");
  expect((await act(killed, "kill")).output).toContain("exit code 137");
  expect(await afterwards[0]).toBeUndefined();
});

test("a command that is slower than yieldMs goes on in the background, and a faster one gives its result", async () => {
  const fast = await call("exec", { command: "echo done; exit 3", yieldMs: 30_000 });
  expect(fast).toMatchObject({ output: "done\n[exit code 3]", failed: true });
  expect(afterwards).toHaveLength(0);
  const slow = await call("exec", { command: "echo began; sleep 60", yieldMs: 500 });
  expect(slow).toMatchObject({ failed: false, details: { running: true } });
  expect(slow.output).toMatch(/^began\n\[process p\d+ goes on/);
  expect((await call("process", { action: "list" })).output).not.toContain("done");
});

test("polling waits for news, and for no longer than it was told", async () => {
  const id = await start("read line; echo $line; sleep 60");
  const beganMs = performance.now();
  expect((await act(id, "poll", { timeout: 200 })).output).toMatch(/^\[p\d+ running/);
  expect(performance.now() - beganMs).toBeGreaterThan(190);
  const news = act(id, "poll", { timeout: 60_000 });
  await act(id, "submit", { data: "x" });
  await act(id, "write", { data: "\n" });
  expect((await news).output).toMatch(/^x/);
});

test("a log is read by pages of lines", async () => {
  const id = await start("seq 1000; sleep 60");
  await expect.poll(async () => (await act(id, "log")).output, { timeout: 80_000 }).toContain("\n1000\n");
  expect((await act(id, "log", { limit: 2 })).output).toMatch(/^\[lines 998 to 1000 of 1000\]\n999\n1000\n/);
  expect((await act(id, "log", { offset: 9, limit: 1 })).output).toMatch(/^\[lines 9 to 10 of 1000\]\n10\n/);
  expect((await act(id, "log", { offset: 5_000 })).output).toMatch(/^\[lines 1000 to 1000 of 1000\]/);
});

test("a program in a terminal is typed to by keys", async () => {
  const id = await start("trap 'echo interrupted; exit 5' INT; test -t 0 && echo ready; while :; do sleep 0.1; done", {
    pty: true,
  });
  await expect.poll(async () => (await act(id, "log")).output, { timeout: 80_000 }).toContain("ready");
  expect((await act(id, "send-keys", { keys: ["Hyper"] })).failed).toBe(true);
  await act(id, "send-keys", { keys: ["C-c"] });
  expect(await afterwards[0]).toMatch(/exit code 5[\s\S]*interrupted/);
});

test("with a terminal and nothing else a command is run to its end, and stopped with its turn", async () => {
  expect((await call("exec", { command: "test -t 1 && echo tty", pty: true })).output).toBe("tty");
  const controller = new AbortController();
  const stopped = call("exec", { command: "sleep 60", pty: true }, { signal: controller.signal });
  controller.abort();
  await expect(stopped).rejects.toMatchObject({ code: "SANDBOX_ABORTED" });
});

test("a session sees its own processes alone, and has at most sixteen", async () => {
  const id = await start("sleep 60");
  const other = { session: "another" };
  expect((await call("process", { action: "list" }, other)).output).toBe("No processes.");
  expect((await call("process", { action: "kill", sessionId: id }, other)).failed).toBe(true);
  for (let count = 1; count < 16; count++) await start("sleep 60");
  expect(await call("exec", { command: "true", background: true })).toMatchObject({ failed: true });
  await act(id, "remove");
  expect(await call("exec", { command: "true", background: true })).toMatchObject({ failed: false });
});

test("processes end with their sandbox, and that is told", async () => {
  await start("sleep 60");
  await lease[Symbol.asyncDispose]();
  expect(await afterwards[0]).toContain("lost after");
});

test("where nothing can go on, that is said", async () => {
  await using virtual = await virtualSandbox({ stateDir }).acquire({
    key: "v",
    workspace: { access: "none" },
    network: "none",
  });
  const result = await call("exec", { command: "true", background: true }, { sandbox: async () => virtual.sandbox });
  expect(result).toMatchObject({ failed: true, output: expect.stringContaining("to their end only") });
});
