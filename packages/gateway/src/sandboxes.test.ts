import { ClawError, type Principal, type Sandbox, type SandboxLease, silentLogger } from "@claw/core";
import { expect, test } from "vitest";
import { manualClock } from "./manual-clock.fixture.ts";
import type { NetworkDesk } from "./network-desk.ts";
import { type Admit, createSandboxes, type Sandboxes } from "./sandboxes.ts";

const admitAll: Admit = (_spec, acquire) => acquire();
const { signal } = new AbortController();
/** Not connected to anything. */
const network: NetworkDesk = {
  record: () => Promise.reject(new Error("nothing is recorded")),
  ask: () => Promise.reject(new Error("nobody is asked")),
};
const principal: Principal = { id: "owner", kind: "user", tenant: "local", scopes: ["admin"], credential: "token" };
const site = (session: string) => ({ session, agent: "main", principal, settings: {}, command: false });
const holdOf = (sandboxes: Sandboxes, session: string) => sandboxes.hold(sandboxes.plan(site(session)));
const caller = { admit: admitAll, network, signal };
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A provider of sandboxes that are only names, and what was done with them. */
function setUp() {
  const events: string[] = [];
  const clock = manualClock();
  const engine = { failure: undefined as Error | undefined, disposal: Promise.resolve() };
  let count = 0;
  const limits: { memoryMb?: number } = {};
  const dies: ((reason: Error) => void)[] = [];
  const sandboxes = createSandboxes(
    {
      provider: {
        name: "names",
        summary: "",
        limits: [],
        async acquire({ key }): Promise<SandboxLease> {
          if (engine.failure !== undefined) throw engine.failure;
          const id = `${key}#${++count}`;
          events.push(`+${id}`);
          const { promise: lost, resolve: die } = Promise.withResolvers<Error>();
          dies.push(die);
          return {
            id,
            lost,
            sandbox: { description: id } as Sandbox,
            async [Symbol.asyncDispose]() {
              await engine.disposal;
              events.push(`-${id}`);
            },
          };
        },
      },
      plan: ({ session }) => ({
        spec: { ...limits, key: session.split("/")[0] ?? "", workspace: { access: "none" }, network: "none" },
      }),
      idleMs: 1_000,
    },
    clock,
    silentLogger,
  );
  const use = async (session = "s"): Promise<string> => {
    const hold = holdOf(sandboxes, session);
    const { description } = await hold.get(caller);
    hold.release();
    return description;
  };
  return {
    sandboxes,
    clock,
    events,
    engine,
    limits,
    dies,
    use,
  };
}

test("a session keeps its sandbox while it is in use, and gives it back once it was idle for long", async () => {
  const { clock, events, use } = setUp();
  expect(await use()).toBe("s#1");
  clock.advance(999);
  expect(await use()).toBe("s#1");
  clock.advance(999);
  expect(events).toEqual(["+s#1"]);
  clock.advance(1);
  await settled();
  expect(events).toEqual(["+s#1", "-s#1"]);
  expect(await use()).toBe("s#2");
});

test("calls at once share one sandbox, which no idle time ends under one that still runs", async () => {
  const { sandboxes, clock, events } = setUp();
  const holds = [1, 2, 3].map(() => holdOf(sandboxes, "s"));
  const got = await Promise.all(holds.map((hold) => hold.get(caller)));
  expect(new Set(got).size).toBe(1);
  for (const hold of holds.slice(1)) hold.release();
  clock.advance(10_000);
  await settled();
  expect(events).toEqual(["+s#1"]);
});

test("sessions of one key share a sandbox, which stays while any of them uses it", async () => {
  const { sandboxes, clock, events, use } = setUp();
  const hold = holdOf(sandboxes, "shared/a");
  await hold.get(caller);
  expect(await use("shared/b")).toBe("shared#1");
  clock.advance(10_000);
  expect(events).toEqual(["+shared#1"]);
  hold.release();
  clock.advance(1_000);
  await settled();
  expect(events).toEqual(["+shared#1", "-shared#1"]);
});

test("a sandbox that the configuration gives another look is made anew once nobody else is in it", async () => {
  const { sandboxes, events, use, limits } = setUp();
  const hold = holdOf(sandboxes, "s");
  await hold.get(caller);
  limits.memoryMb = 64;
  expect(await use()).toBe("s#1");
  hold.release();
  expect(await use()).toBe("s#2");
  expect(events).toEqual(["+s#1", "-s#1", "+s#2"]);
});

test("what could not be acquired is asked for again at the next call", async () => {
  const { engine, use } = setUp();
  engine.failure = new ClawError("SANDBOX_UNAVAILABLE", "start the engine");
  await expect(use()).rejects.toThrow("start the engine");
  engine.failure = undefined;
  expect(await use()).toBe("s#1");
});

test("a lost sandbox is replaced, and only once the old one is gone", async () => {
  const { sandboxes, events, use, engine } = setUp();
  const gone = Promise.withResolvers<void>();
  engine.disposal = gone.promise;
  const holds = [1, 2].map(() => holdOf(sandboxes, "s"));
  await Promise.all(holds.map((hold) => hold.get(caller)));
  for (const hold of holds) hold.release({ lost: true });
  const next = use();
  await settled();
  expect(events).toEqual(["+s#1"]);
  gone.resolve();
  expect(await next).toBe("s#2");
  expect(events).toEqual(["+s#1", "-s#1", "+s#2"]);
});

test("one who lost an old sandbox does not take the new one from the others", async () => {
  const { sandboxes, events, use } = setUp();
  const [early, late] = [holdOf(sandboxes, "s"), holdOf(sandboxes, "s")];
  await Promise.all([early.get(caller), late.get(caller)]);
  early.release({ lost: true });
  expect(await use()).toBe("s#2");
  late.release({ lost: true });
  expect(await use()).toBe("s#2");
  expect(events).toEqual(["+s#1", "-s#1", "+s#2"]);
});

test("those that nothing uses end at once, the others after their last call, or at once by force", async () => {
  const { sandboxes, events, use } = setUp();
  await use("idle");
  const [busy, forced] = [holdOf(sandboxes, "busy"), holdOf(sandboxes, "forced")];
  await Promise.all([busy.get(caller), forced.get(caller)]);
  expect(sandboxes.list().map(({ key, provider, id, users }) => [key, provider, id, users])).toEqual([
    ["idle", "names", "idle#1", 0],
    ["busy", "names", "busy#2", 1],
    ["forced", "names", "forced#3", 1],
  ]);
  expect(sandboxes.end(({ users }) => users === 0)).toEqual({ ended: ["idle"], waiting: [] });
  expect(sandboxes.end(({ key }) => key === "busy")).toEqual({ ended: [], waiting: ["busy"] });
  expect(sandboxes.end(({ key }) => key === "forced", { force: true })).toEqual({ ended: ["forced"], waiting: [] });
  await settled();
  expect(events.slice(3).toSorted()).toEqual(["-forced#3", "-idle#1"]);
  busy.release();
  forced.release();
  await settled();
  expect(events.at(-1)).toBe("-busy#2");
  expect(sandboxes.list()).toEqual([]);
  expect(await use("busy")).toBe("busy#4");
});

test("disposing gives everything back", async () => {
  const { sandboxes, events, use } = setUp();
  await use("a");
  await use("b");
  await sandboxes[Symbol.asyncDispose]();
  expect(events.toSorted()).toEqual(["+a#1", "+b#2", "-a#1", "-b#2"]);
});

test("a refusal by the gate is no sandbox, and the next call asks again", async () => {
  const { sandboxes, use } = setUp();
  const hold = holdOf(sandboxes, "s");
  const refuse: Admit = async () => {
    throw new ClawError("GATEWAY_REFUSED", "not today");
  };
  await expect(hold.get({ ...caller, admit: refuse })).rejects.toThrow("not today");
  hold.release();
  expect(await use()).toBe("s#1");
});

test("a gateway without a sandbox says which setting gives it one", async () => {
  const hold = holdOf(createSandboxes(undefined, manualClock(), silentLogger), "s");
  await expect(hold.get(caller)).rejects.toThrow("sandbox.backend");
});

test("one that dies while nobody uses it is replaced before its next user comes, and later if that goes on", async () => {
  const { sandboxes, clock, dies, events, use } = setUp();
  await use();
  dies[0]?.(new Error("out of memory"));
  await settled();
  expect(events).toEqual(["+s#1", "-s#1"]);
  expect(await use()).toBe("s#2");
  dies[1]?.(new Error("out of memory"));
  await settled();
  const third = use();
  await settled();
  expect(events.at(-1)).toBe("-s#2");
  clock.advance(1_000);
  expect(await third).toBe("s#3");
  expect(sandboxes.trouble).toBeUndefined();
  dies[2]?.(new Error("out of memory"));
  await settled();
  expect(sandboxes.trouble).toBe("A sandbox was lost 3 times in a row: out of memory");
});
