import type { Channel, Principal, Scope } from "@claw/core";
import type { DevicePairList } from "@claw/protocol";
import type { Authenticate } from "../auth.ts";
import { configFile } from "../config-file.fixture.ts";
import { connectClient, type TestClient } from "../connect.fixture.ts";
import { testDevice } from "../device.fixture.ts";
import { echoAgent, startGateway, testTool } from "../gateway.fixture.ts";
import { converse } from "../methods/people.fixture.ts";
import { lastText, scriptedAgent } from "../script.fixture.ts";

/** Everybody who knocks with a credential. What is asked about is `owner`'s, who let `reader` and `writer` in. */
export const CALLERS = ["node", "viewer", "stranger", "reader", "writer", "owner", "admin"] as const;
export type Caller = (typeof CALLERS)[number];

const SCOPES: Readonly<Record<Caller, readonly Scope[]>> = {
  node: ["node"],
  viewer: ["read"],
  stranger: ["write", "pairing"],
  reader: ["write"],
  writer: ["write"],
  owner: ["write", "approvals", "pairing"],
  admin: ["admin"],
};

/** The token is the caller's name. */
const authenticate: Authenticate = ({ token = "" }) => {
  const caller = CALLERS.find((one) => one === token);
  if (caller === undefined) return { ok: false, code: "AUTH_TOKEN_MISMATCH", message: "expected the name of a caller" };
  const kind = caller === "node" ? "node" : "user";
  const principal: Principal = { id: caller, kind, tenant: "local", scopes: SCOPES[caller], credential: "test" };
  return { ok: true, principal };
};

/** Waits to be stopped when told to, and answers everything else. */
const agent = scriptedAgent(async function* (turn) {
  const text = lastText(turn.messages);
  if (text.startsWith("wait")) await new Promise((resolve) => turn.signal.addEventListener("abort", resolve));
  else yield `you said: ${text}`;
});

const hooked: Channel = {
  name: "hooked",
  start: async () => {},
  stop: async () => {},
  send: async () => ({ ids: ["1"] }),
  webhook: async () => new Response("ok"),
};

/** What one row asks about. `nothing` has the same shape and does not exist. */
export interface Owned {
  /** With a history and a run in progress. */
  readonly session: string;
  /** In progress. */
  readonly run: string;
  /** With a history alone; over HTTP it is the standing session of {@link Owned.user}. */
  readonly idle: string;
  readonly user: string;
  /** Ended. */
  readonly past: string;
  /** Id of the first message of both sessions begins with their key: `${session}#1`. */
  readonly secret: string;
  /** Waits for an answer. */
  readonly approval: string;
  /** The same, asked in the session without a run. */
  readonly question: string;
  /** Said by nobody before. */
  readonly fresh: string;
  /** Paired. */
  readonly device: string;
  /** In which that device asks for more. */
  readonly request: string;
}

export interface World extends AsyncDisposable {
  readonly clients: Readonly<Record<Caller, TestClient>>;
  readonly fetch: (request: Request) => Promise<Response>;
  readonly gateway: Awaited<ReturnType<typeof startGateway>>["gateway"];
  /** Something of the owner's, new and like no other. */
  own(): Promise<Owned>;
  /** What the owner sees of it. */
  stateOf(owned: Owned): Promise<string>;
}

const ALL = ["admin", "write", "read", "approvals", "questions", "pairing", "talk", "talk.secrets"];

export async function createWorld(): Promise<World> {
  const started = await startGateway({
    agents: [agent, { ...echoAgent, name: "second" }],
    authenticate,
    tools: [testTool("echo", async ({ text }) => ({ output: text, failed: false }))],
    toolsOverHttp: () => ({ effect: "allow", rule: "test" }),
    channels: [hooked],
    models: { list: () => [], providers: () => [], resolve: () => Promise.reject(new Error("no model is asked for")) },
    tailLog: async () => ({ file: "log", cursor: 0, size: 0, lines: [], truncated: false, reset: false }),
    config: configFile(),
    prices: async () => ({ date: "2026-01-01", source: "test", costOf: () => undefined }),
    agentFiles: () => FILES,
    metrics: async () => "claw_connections 0\n",
    identity: { deviceId: "d", publicKey: "k" },
    limits: { concurrentTurns: 10_000 },
  });
  const { gateway } = started;
  // Everybody asks for everything, and is given what is theirs.
  const connect = (caller: Caller) =>
    connectClient(
      gateway,
      caller,
      ALL.map((scope) => `operator.${scope}`),
    );
  const clients = Object.fromEntries(
    await Promise.all(CALLERS.map(async (caller) => [caller, await connect(caller)] as const)),
  ) as Record<Caller, TestClient>;
  const { owner } = clients;
  let count = 0;
  const waiting: string[] = [];
  /** One person has room for so many, and no row is about an old one. */
  const paired: string[] = [];
  /** Of one person no more than fifty wait. */
  const asked: Owned[] = [];

  /** Few devices of one network may wait at once, so the oldest of them is turned away. */
  async function pair(): Promise<Pick<Owned, "device" | "request">> {
    const { id: device, connect } = testDevice();
    const scopes = ["operator.read"];
    const first = await connect(gateway, { auth: { token: "owner" }, scopes });
    const auth = { deviceToken: first.auth.deviceToken ?? "" };
    const asking = await connect(gateway, { auth, scopes: ["operator.write"] });
    first.hangUp();
    paired.push(device);
    if (paired.length > 100) await owner.request("device.pair.remove", { deviceId: paired.shift() });
    const request = String(asking.details["requestId"]);
    waiting.push(request);
    if (waiting.length > 8) await owner.request("device.pair.reject", { requestId: waiting.shift() });
    return { device, request };
  }

  return {
    clients,
    gateway,
    fetch: (request) => gateway.fetch(request),
    async own() {
      const owned = { ...owning(`owned-${++count}`), ...(await pair()) };
      await converse(owner, owned.secret, owned.past, owned.idle);
      await converse(owner, owned.secret, `first-${owned.fresh}`, owned.session);
      for (const sessionKey of [owned.idle, owned.session]) {
        await owner.request("session.members.add", { sessionKey, memberId: "reader", access: "read" });
        await owner.request("session.members.add", { sessionKey, memberId: "writer", access: "write" });
      }
      await owner.request("chat.send", { sessionKey: owned.session, message: "wait", idempotencyKey: owned.run });
      await owner.frame(({ event, payload }) => event === "agent" && JSON.stringify(payload).includes(owned.run));
      await owner.request("exec.approval.request", { id: owned.approval, command: "ls", twoPhase: true });
      await owner.request("question.request", { ...asking(owned.question), sessionKey: owned.idle });
      asked.push(owned);
      const old = asked.length > 20 ? asked.shift() : undefined;
      await owner.request("approval.resolve", { id: old?.approval, decision: "deny" });
      await owner.request("question.resolve", { id: old?.question, cancel: true });
      return owned;
    },
    async stateOf({ session, idle, run, approval, question, device }) {
      const asking = [
        ...[session, idle].flatMap((key) => [
          owner.request("sessions.describe", { key }),
          owner.request("chat.history", { sessionKey: key }),
          owner.request("runs.list", { sessionKey: key }),
          owner.request("session.members.list", { sessionKey: key }),
        ]),
        owner.request("runs.get", { runId: run }),
        owner.request("exec.approval.get", { id: approval }),
        owner.request("question.get", { id: question }),
      ];
      const answers = await Promise.all(asking);
      const { payload } = await owner.request("device.pair.list");
      const { pending, paired } = payload as unknown as DevicePairList;
      const devices = [...pending, ...paired].filter(({ deviceId }) => deviceId === device);
      return JSON.stringify([devices, answers.map((answer) => answer.payload ?? answer.error)]);
    },
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}

/** A question, and its answer's name. */
export function asking(id: string) {
  return { id, questions: [{ questionId: "what", header: "What", question: "What is it?", options: [] }] };
}

/** The names of something, which need not exist. */
export function owning(name: string): Owned {
  return {
    session: `agent:main:${name}-busy`,
    run: `${name}-run`,
    idle: `agent:main:openai-user:${name}-idle`,
    user: `${name}-idle`,
    past: `${name}-past`,
    secret: `${name}-secret`,
    approval: `${name}-approval`,
    question: `${name}-question`,
    fresh: `${name}-fresh`,
    device: `${name}-device`,
    request: `${name}-request`,
  };
}

const FILE = { name: "SOUL.md", path: "/nowhere/SOUL.md" };
const FILES = { path: "/nowhere", list: async () => [FILE], read: async () => FILE, write: async () => FILE };
