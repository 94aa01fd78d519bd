import { Duplex } from "node:stream";
import type { Action, Audit, Decision, SandboxLease, SandboxProvider, SandboxSpec } from "@claw/core";
import type { ApprovalRow } from "@claw/protocol";
import { expect, test } from "vitest";
import { connectClient, type TestClient } from "./connect.fixture.ts";
import { allowAll, startGateway, testTool } from "./gateway.fixture.ts";
import type { NetworkSite } from "./network-desk.ts";
import { scriptedAgent } from "./script.fixture.ts";

/** A sandbox in which every command connects to something; `served` is who got the connections. */
function connecting() {
  const specs: SandboxSpec[] = [];
  const provider: SandboxProvider = {
    name: "connecting",
    summary: "",
    limits: [],
    carriesNetwork: true,
    async acquire(spec): Promise<SandboxLease> {
      specs.push(spec);
      const sandbox = {
        description: "",
        async run() {
          if (spec.network !== "none") spec.network.connect(new Duplex({ read() {}, write: (_c, _e, done) => done() }));
          return { exitCode: 0, stdout: "", stderr: "", truncated: false, timedOut: false };
        },
        readFile: async () => undefined,
        writeFile: async () => {},
        list: async () => undefined,
      };
      return { id: "1", sandbox, async [Symbol.asyncDispose]() {} };
    },
  };
  const served = Promise.withResolvers<NetworkSite>();
  const settings = {
    provider,
    plan: () => ({ spec: { key: "one", workspace: { access: "none" }, network: "none" } }) as const,
    network: () => (_: Duplex, site: NetworkSite) => served.resolve(site),
  };
  return { settings, specs, served: served.promise };
}

const shell = testTool("shell", async ({ text }, { sandbox }) => {
  await (await sandbox()).run(text);
  return { output: "ran", failed: false };
});

const agent = scriptedAgent(async function* ({ messages, call }) {
  const last = messages.at(-1);
  if (last?.role === "assistant") for (const waiting of last.toolCalls) await call(waiting);
  else yield [{ id: `call-${messages.length}`, tool: "shell", input: { text: "curl" } }];
  yield "done";
});

/** The records of network.connect: what was decided, and how it ended. */
function recording() {
  const records: { action: Action; decision: Decision; outcome?: string }[] = [];
  const audit: Audit = {
    async intent(action, decision) {
      const record: (typeof records)[number] = { action, decision };
      records.push(record);
      return {
        async outcome({ summary }) {
          record.outcome = summary;
        },
      };
    },
  };
  return { audit, ofNetwork: () => records.filter(({ action }) => action.type === "network.connect") };
}

const question = { input: { host: "api.test", port: 443 }, rule: "sandbox.network.allow", reason: "no rule allows it" };

async function approve(client: TestClient, decision: string): Promise<void> {
  const { payload } = await client.frame(({ event }) => event === "exec.approval.requested");
  const { id, request } = payload as unknown as ApprovalRow;
  expect(request.command).toBe('network.connect {"host":"api.test","port":443}');
  await client.request("exec.approval.resolve", { id, decision });
}

async function withSandbox() {
  const { settings, specs, served } = connecting();
  const { audit, ofNetwork } = recording();
  const options = { agents: [agent] as const, tools: [shell], policy: allowAll, sandbox: settings, audit };
  const started = await startGateway(options);
  const client = await connectClient(started.gateway);
  await client.request("chat.send", { sessionKey: "main", message: "go", idempotencyKey: "go" });
  return { started, client, site: await served, specs, ofNetwork };
}

test("what a session's sandbox connects to is recorded in the name of who used it last", async () => {
  const { started, site, specs, ofNetwork } = await withSandbox();
  await using _gateway = started;
  expect(specs[0]?.network).not.toBe("none");
  expect(site).toMatchObject({ session: "agent:main:main", agent: "main" });
  const record = await site.desk().record({ host: "api.test" }, { effect: "allow", rule: "sandbox.network.allow[0]" });
  await record.outcome({ ok: true, summary: "done", durationMs: 1 });
  expect(ofNetwork()).toMatchObject([
    {
      action: { principal: { id: "owner" }, agent: "main", session: "agent:main:main", input: { host: "api.test" } },
      decision: { effect: "allow", rule: "sandbox.network.allow[0]" },
      outcome: "done",
    },
  ]);
});

test("a person is asked in the session, and allow-always is not asked for again", async () => {
  const { started, client, site, ofNetwork } = await withSandbox();
  await using _gateway = started;
  const asked = site.desk().ask(question, site.signal);
  await approve(client, "allow-always");
  expect(await asked).toBe("allow-always");
  expect(await site.desk().ask(question, site.signal)).toBe("allow-always");
  expect(ofNetwork().map(({ decision, outcome }) => [decision.effect, outcome?.split(" (")[0]])).toEqual([
    ["ask", "allow-always by owner"],
    ["ask", "allow-always by owner"],
  ]);
});

test("the question ends with the sandbox", async () => {
  const { started, client, site } = await withSandbox();
  await using _gateway = started;
  const gone = new AbortController();
  const asked = site.desk().ask(question, gone.signal);
  await client.frame(({ event }) => event === "exec.approval.requested");
  gone.abort();
  expect(await asked).toBe("deny");
  expect((await client.request("exec.approval.list")).payload).toEqual([]);
});

test("a provider that carries no network is asked for none", async () => {
  const { settings, specs } = connecting();
  const { carriesNetwork: _, ...provider } = settings.provider;
  await using started = await startGateway({
    agents: [agent],
    tools: [shell],
    policy: allowAll,
    sandbox: { ...settings, provider },
  });
  const client = await connectClient(started.gateway);
  const ended = new Promise((resolve) =>
    started.gateway.subscribe((event) => event.type === "run-ended" && resolve(event)),
  );
  await client.request("chat.send", { sessionKey: "main", message: "go", idempotencyKey: "go" });
  await ended;
  expect(specs.map(({ network }) => network)).toEqual(["none"]);
});
