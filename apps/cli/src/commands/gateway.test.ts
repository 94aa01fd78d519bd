import type { ChildProcess } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliOptions, runCli } from "../testing/cli.ts";
import { type RunningGateway, startGateway } from "../testing/gateway.ts";

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const claw = (args: readonly string[], { env, ...rest }: CliOptions = {}) =>
  runCli(args, { ...rest, env: { ...gateway.env, ...env } });
/** Acts once, when `sign` is first seen. */
function once(act: (child: ChildProcess) => unknown, sign: string): NonNullable<CliOptions["onOutput"]> {
  let acted = false;
  return (text, child) => {
    if (acted || !text.includes(sign)) return;
    acted = true;
    act(child);
  };
}
const isActive = async (session: string): Promise<boolean> => {
  const { stdout } = await claw(["sessions", "--json"]);
  return JSON.parse(stdout).sessions.find(({ key }: { key: string }) => key.endsWith(session)).hasActiveRun;
};

test("answers on stdout and shows what the agent does on stderr", async () => {
  const { exitCode, stdout, stderr } = await claw(["agent", "-m", "run `echo one two`", "--session", "plain"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/one two/);
  expect(stderr).toMatch(/^▸ exec echo one two {2}exit 0 {2}[\d.]+ m?s\n$/);
});

test("prints one JSON object with all that a run did", async () => {
  const { exitCode, stdout, stderr } = await claw(["agent", "--json", "-m", "run `echo 42`", "--session", "json"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({
    sessionKey: expect.stringMatching(/^agent:.+:json$/),
    state: "done",
    text: expect.stringContaining("42"),
    model: "demo/offline",
    usage: { totalTokens: expect.any(Number) },
    toolCalls: [{ name: "exec", args: { command: "echo 42" }, failed: false, details: { exitCode: 0 } }],
  });
  expect(report.timeline.map(({ stage }: { stage: string }) => stage)).toContain("model");
});

test("prints every event as it comes, and the result last", async () => {
  const { stdout } = await claw(["agent", "--json", "--stream", "-m", "hello", "--session", "events"]);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ event }) => event)).toContain("chat");
  expect(lines.at(-1)).toMatchObject({ event: "result", payload: { state: "done" } });
});

test("takes the message from a pipe, and prints the final answer alone when told to", async () => {
  const { exitCode, stdout, stderr } = await claw(["agent", "-q"], { input: "run `echo from a pipe`\n" });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(/^`echo from a pipe` printed/);
  expect((await claw(["agent"], { input: " \n" })).exitCode).toBe(2);
});

test("Ctrl-C stops the run at the gateway and ends with 130", async () => {
  const { exitCode, stderr } = await claw(["agent", "-m", "run `sleep 60`", "--session", "interrupted"], {
    // Twice, as under a parent that passes the terminal's Ctrl-C on.
    onOutput: once((child) => child.kill("SIGINT") && child.kill("SIGINT"), "sleep 60"),
  });
  expect(exitCode).toBe(130);
  expect(stderr).toMatch(/stopped\n$/);
  expect(await isActive("interrupted")).toBe(false);
});

test("stops a run that takes longer than --timeout", async () => {
  const { exitCode, stderr } = await claw(["agent", "--timeout", "1", "-m", "run `sleep 60`", "--session", "late"]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("longer than 1 s");
  expect(await isActive("late")).toBe(false);
});

test("follows its run over a crash of the gateway, which does not run the command twice", async () => {
  let restarted: Promise<void> | undefined;
  const { exitCode, stdout } = await claw(
    ["agent", "--json", "--stream", "-m", "run `sleep 3`", "--session", "crash"],
    {
      // The sandbox is acquired after the journal has the command as begun.
      onOutput: once(() => (restarted = gateway.crashAndRestart()), '"stage":"sandbox"'),
    },
  );
  await restarted;
  expect(exitCode).toBe(0);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const states = lines.filter(({ event }) => event === "connection").map(({ payload }) => payload.state);
  expect(states).toEqual(["lost", "back"]);
  expect(lines.at(-1).payload).toMatchObject({ state: "done", text: expect.stringContaining("outcome is unknown") });
});

test("chats line by line through a pipe", async () => {
  const input = "run `echo first`\n/new\n/help\nrun `echo second`\n/exit\nrun `echo never`\n";
  const { exitCode, stdout, stderr } = await claw(["chat", "--session", "piped"], { input });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/first[\s\S]*\/sessions[\s\S]*second/);
  expect(stdout).not.toContain("never");
  expect(stderr).toMatch(/A new conversation: agent:\w+:cli-[0-9a-f]{8}/);
});

test("status shows gateway, model, sandbox with its limits, agents and sessions", async () => {
  const { exitCode, stdout } = await claw(["status"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^Gateway +✓ up for .+ ws:\/\/127\.0\.0\.1:\d+\/$/m);
  expect(stdout).toMatch(/^Model +demo\/offline$/m);
  expect(stdout).toMatch(/^Sandbox +✓ ready {2}virtual$/m);
  expect(stdout).toMatch(/^ +· /m);
  expect(stdout).toMatch(/^Load +\d+ of 64 turns.* · event loop \d+ % busy.* · \d+ MiB$/m);
  const json = JSON.parse((await claw(["status", "--json"])).stdout);
  expect(json).toMatchObject({
    gateway: { reachable: true, stateDir: gateway.env["CLAW_STATE_DIR"] },
    model: { ref: "demo/offline" },
    sandbox: { backend: "virtual", state: "ready" },
    modelRuntime: { state: "ready", model: "demo/offline" },
    degradedSecretOwners: [],
    configReload: { hotReloadStatus: "ok" },
  });
});

test("lists models, agents and sessions, as tables and as JSON", async () => {
  expect((await claw(["models"])).stdout).toMatch(/^demo\/offline .* ready$/m);
  expect((await claw(["agents"])).stdout).toMatch(/ default$/m);
  expect((await claw(["sessions", "--search", "one two"])).stdout).toMatch(/^agent:\w+:plain +run `echo one two`/m);
  for (const [command, key] of [
    ["models", "models"],
    ["agents", "agents"],
    ["sessions", "sessions"],
  ] as const) {
    expect(JSON.parse((await claw([command, "--json"])).stdout)[key].length).toBeGreaterThan(0);
  }
});

test("explains the sandbox that the running gateway uses", async () => {
  const { exitCode, stdout } = await claw(["sandbox", "explain", "--json"]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ source: "the running gateway", backend: "virtual", state: "ready" });
});

test("explains a session's place, settings and tools with their rules", async () => {
  const { exitCode, stdout } = await claw(["sandbox", "explain", "--session", "notes"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^Session +agent:default:notes$/m);
  expect(stdout).toMatch(/^Tools run +in a sandbox$/m);
  expect(stdout).toMatch(/^backend +virtual +sandbox\.backend$/m);
  expect(stdout).toMatch(/^exec +allow +tools\.profile$/m);
});

test("lists sandboxes, ends what is idle, and has them made anew", async () => {
  expect((await claw(["sandbox", "prune"])).exitCode).toBe(0);
  await claw(["agent", "-m", "run `echo one`", "--session", "listed"]);
  expect((await claw(["sandbox", "list"])).stdout).toMatch(/^agent:default:listed +virtual .* idle +just now$/m);
  const { stdout } = await claw(["sandbox", "recreate", "--session", "listed", "--json"]);
  expect(JSON.parse(stdout)).toEqual({ ended: ["agent:default:listed"], waiting: [] });
  expect((await claw(["sandbox", "recreate", "--all"])).stdout).toBe("No sandbox matches.\n");
  expect((await claw(["sandbox", "list"])).stdout).toContain("There is no sandbox now");
  expect(await claw(["sandbox", "recreate"])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--all") });
});

test("ends with 77 for a wrong token, in status too, and repeats it nowhere", async () => {
  const env = { CLAW_GATEWAY_TOKEN: "wrong-token" };
  for (const args of [["sessions"], ["status"], ["agent", "-m", "hi"], ["chat"]]) {
    const { exitCode, stdout, stderr } = await claw(args, { env });
    expect(exitCode).toBe(77);
    expect(stdout + stderr).not.toContain("wrong-token");
  }
});

test("says where a missing token was looked for", async () => {
  const env = { CLAW_STATE_DIR: `${gateway.env["CLAW_STATE_DIR"]}-nothing-here` };
  const { exitCode, stderr } = await claw(["models"], { env });
  expect(exitCode).toBe(77);
  expect(stderr).toContain("-nothing-here/openclaw.json");
});

test("names the agents there are when one is meant that is not", async () => {
  const { exitCode, stderr } = await claw(["agent", "--agent", "nobody", "-m", "hi"]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/agents: \w+/);
});
