import type { Policy, SandboxLease, SandboxProvider, Tool } from "@claw/core";
import type { ApprovalRow } from "@claw/protocol";
import { expect, test } from "vitest";
import { z } from "zod";
import { connectClient, type TestClient } from "./connect.fixture.ts";
import type { ExecControl } from "./exec-control.ts";
import { allowAll, startGateway } from "./gateway.fixture.ts";
import { converse } from "./methods/people.fixture.ts";
import type { SandboxPlan, SandboxSite } from "./sandboxes.ts";
import { scriptedAgent } from "./script.fixture.ts";

/** A host that only notes what it would run. */
function notingHost() {
  const ran: string[] = [];
  const provider: SandboxProvider = {
    name: "host",
    summary: "No isolation.",
    limits: [],
    async acquire(): Promise<SandboxLease> {
      const sandbox = {
        description: "",
        async run(command: string) {
          ran.push(command);
          return { exitCode: 0, stdout: "", stderr: "", truncated: false, timedOut: false };
        },
        readFile: async () => undefined,
        writeFile: async () => {},
        list: async () => [],
      };
      return { id: "1", sandbox, async [Symbol.asyncDispose]() {} };
    },
  };
  return { provider, ran };
}

const askOnHost: Policy = (action) =>
  action.input["host"] === "gateway"
    ? { effect: "ask", rule: "tools.exec.ask", reason: "every command on the host needs an approval" }
    : allowAll(action);

/** Runs `runs`, and says so in `command` or not. */
const shell: Tool = {
  name: "shell",
  description: "shell",
  input: z.strictObject({
    command: z.string().optional(),
    runs: z.string(),
    env: z.record(z.string(), z.string()).optional(),
  }),
  async run(input, { sandbox }) {
    const { runs } = input as { readonly runs: string };
    await (await sandbox()).run(runs);
    return { output: `ran ${runs}`, failed: false };
  },
};

/** A gateway whose one agent makes one call of the shell, on the host. */
async function calling(input: object, exec?: ExecControl) {
  const { provider, ran } = notingHost();
  const agent = scriptedAgent(async function* ({ messages, call }) {
    const last = messages.at(-1);
    if (last?.role === "assistant") for (const waiting of last.toolCalls) yield (await call(waiting)).output;
    else yield [{ id: "call", tool: "shell", input }];
  });
  let closed = false;
  const close = (): void => {
    closed = true;
  };
  const plan = ({ session, settings }: SandboxSite): SandboxPlan => ({
    provider,
    ...(closed ? {} : { host: settings.execAsk === undefined ? {} : { ask: settings.execAsk } }),
    spec: { key: session, workspace: { access: "none" }, network: "none" },
  });
  const sandbox = { provider, plan };
  const started = await startGateway({
    agents: [agent],
    tools: [shell],
    policy: askOnHost,
    sandbox,
    ...(exec && { exec }),
  });
  const client = await connectClient(started.gateway);
  const said = async (message: string, key: string) => {
    const ended = new Promise((resolve) =>
      started.gateway.subscribe((event) => event.type === "run-ended" && resolve(event)),
    );
    await client.request("chat.send", { sessionKey: "main", message, idempotencyKey: key });
    return ended;
  };
  return { started, client, ran, said, close };
}

interface Final {
  readonly runId: string;
  readonly state: string;
  readonly message: { readonly content: readonly [{ readonly text: string }] };
}

function isFinal(payload: unknown, run: string): boolean {
  const { runId, state } = (payload ?? {}) as Partial<Final>;
  return runId === run && state === "final";
}

async function asked({ frame }: TestClient): Promise<ApprovalRow> {
  const { payload } = await frame(({ event }) => event === "exec.approval.requested");
  return payload as unknown as ApprovalRow;
}

test("a command on the host runs once a person has seen it and said yes", async () => {
  const { started, client, ran, said } = await calling({ command: "ls -la", runs: "ls -la" });
  await using _gateway = started;
  const ended = said("go", "1");
  const { id, request } = await asked(client);
  expect(request).toMatchObject({ command: "ls -la", host: "gateway", rule: "tools.exec.ask" });
  expect(ran).toEqual([]);
  await client.request("exec.approval.resolve", { id, decision: "allow-once" });
  await ended;
  expect(ran).toEqual(["ls -la"]);
});

test("whoever answers sees the variables as well that the command is given", async () => {
  const { started, client, said } = await calling({ command: "make", runs: "make", env: { CC: 'sh -c "id"' } });
  await using _gateway = started;
  void said("go", "1");
  expect((await asked(client)).request.command).toBe('# with CC="sh -c \\"id\\""\nmake');
});

test("what the configuration took away while a command waited for its answer is not had", async () => {
  const { started, client, ran, said, close } = await calling({ command: "ls", runs: "ls" });
  await using _gateway = started;
  const ended = said("go", "1");
  const { id } = await asked(client);
  close();
  await client.request("exec.approval.resolve", { id, decision: "allow-once" });
  await ended;
  expect(ran).toEqual([]);
});

test("a question about a command on the host outlives a restart, and the command runs once", async () => {
  const { started, client, ran, said } = await calling({ command: "ls", runs: "ls" });
  await using _gateway = started;
  void said("go", "1");
  const { id } = await asked(client);
  const gateway = await started.restart();
  const ended = new Promise((resolve) => gateway.subscribe((event) => event.type === "run-ended" && resolve(event)));
  const again = await connectClient(gateway);
  await again.request("exec.approval.resolve", { id, decision: "allow-once" });
  await ended;
  expect(ran).toEqual(["ls"]);
});

test("a no is the end of it", async () => {
  const { started, client, ran, said } = await calling({ command: "ls", runs: "ls" });
  await using _gateway = started;
  const ended = said("go", "1");
  await client.request("exec.approval.resolve", { id: (await asked(client)).id, decision: "deny" });
  await ended;
  expect(ran).toEqual([]);
});

test.each([[{ command: "ls", runs: "ls; id" }], [{ command: "ls", runs: "ls " }]])(
  "a tool that runs something else than it showed is refused: %j",
  async (input) => {
    const { started, client, ran, said } = await calling(input);
    await using _gateway = started;
    const ended = said("go", "1");
    await client.request("exec.approval.resolve", { id: (await asked(client)).id, decision: "allow-once" });
    await ended;
    expect(ran).toEqual([]);
  },
);

test("a tool that shows no command runs none on the host", async () => {
  const { started, ran, said } = await calling({ runs: "id" });
  await using _gateway = started;
  await said("go", "1");
  expect(ran).toEqual([]);
});

test("what a session chose is part of what the policy is asked, and what it may not have is refused", async () => {
  const exec: ExecControl = {
    refusal: ({ elevatedLevel }) =>
      elevatedLevel === undefined ? undefined : "not for you (tools.elevated.allowFrom)",
    standing: (settings) => `ask ${settings.execAsk ?? "as configured"}.`,
  };
  const { started, client, said } = await calling({ command: "ls", runs: "ls" }, exec);
  await using _gateway = started;
  const answers: string[] = [];
  for (const text of ["/exec ask=always", "/exec", "/exec ask=never", "/elevated full", "/elevated off"]) {
    await converse(client, text, text);
    const { payload } = await client.frame((frame) => isFinal(frame.payload, text));
    answers.push((payload as unknown as Final).message.content[0].text);
  }
  expect(answers).toMatchInlineSnapshot(`
    [
      "ask always.",
      "ask always. \`/exec host=auto|sandbox|gateway security=deny|allowlist|full ask=off|on-miss|always\`; \`/exec default\`.",
      "Not understood. \`/exec host=auto|sandbox|gateway security=deny|allowlist|full ask=off|on-miss|always\`; \`/exec default\`.",
      "Refused: not for you (tools.elevated.allowFrom)",
      "ask always.",
    ]
  `);
  void said("go", "go");
  expect((await asked(client)).request.input).toMatchObject({ exec: { ask: "always" } });
  const patch = (change: object) => client.request("sessions.patch", { key: "main", ...change });
  expect(await patch({ elevatedLevel: "on" })).toMatchObject({
    error: { message: expect.stringContaining("tools.elevated.allowFrom") },
  });
  expect(await patch({ execAsk: "on-miss" })).toMatchObject({ payload: { entry: { execAsk: "on-miss" } } });
});
