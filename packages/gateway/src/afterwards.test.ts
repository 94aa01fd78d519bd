import { ClawError, type Sandbox, type ToolContext } from "@claw/core";
import { expect, test } from "vitest";
import type { GatewayEvent } from "./events.ts";
import { startGateway, testTool } from "./gateway.fixture.ts";
import { manualClock } from "./manual-clock.fixture.ts";
import { lastText, scriptedAgent } from "./script.fixture.ts";

/** A gateway whose agent calls `begin`, which leaves something that is to be ended by hand. */
async function setUp() {
  const clock = manualClock();
  const ends: PromiseWithResolvers<string | undefined>[] = [];
  const events: string[] = [];
  const begin = testTool("begin", async (_, context: ToolContext) => {
    await context.sandbox();
    const work = Promise.withResolvers<string | undefined>();
    ends.push(work);
    context.goesOn(work.promise);
    return { output: "it goes on", failed: false };
  });
  const agent = scriptedAgent(async function* ({ messages }) {
    if (lastText(messages) === "begin") yield [{ id: `call-${ends.length}`, tool: "begin", input: { text: "" } }];
    yield `heard: ${lastText(messages)}`;
  });
  const started = await startGateway({
    agents: [agent],
    tools: [begin],
    clock,
    sandbox: {
      idleMs: 1_000,
      provider: {
        name: "names",
        summary: "",
        limits: [],
        async acquire({ key }) {
          return {
            id: key,
            sandbox: {} as Sandbox,
            async [Symbol.asyncDispose]() {
              events.push("ended");
            },
          };
        },
      },
      plan: () => ({ spec: { key: "one", workspace: { access: "none" }, network: "none" } }),
    },
  });
  const answers: string[] = [];
  const answered = Promise.withResolvers<void>();
  started.gateway.subscribe((event: GatewayEvent) => {
    if (event.type !== "run-ended") return;
    answers.push(event.outcome.text ?? "");
    if (answers.length === 2) answered.resolve();
  });
  const response = await started.gateway.fetch(
    new Request("http://localhost/v1/chat/completions", {
      method: "POST",
      headers: { host: "localhost", "content-type": "application/json", authorization: "Bearer secret" },
      body: JSON.stringify({ model: "openclaw/main", messages: [{ role: "user", content: "begin" }] }),
    }),
  );
  expect(response.status).toBe(200);
  const [end] = ends;
  if (end === undefined) throw new Error("nothing was begun");
  return { started, clock, end, events, answers, answered: answered.promise };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("what became of something that went on is told to its session, which answers", async () => {
  const { started, end, answers, answered } = await setUp();
  await using _ = started;
  end.resolve("the build ended");
  await answered;
  expect(answers).toEqual(["heard: ", "heard: the build ended"]);
});

test("a sandbox is kept while something goes on in it, and given back an idle while after", async () => {
  const { started, clock, end, events, answers } = await setUp();
  await using _ = started;
  clock.advance(100_000);
  await settled();
  expect(events).toEqual([]);
  end.resolve(undefined);
  await settled();
  clock.advance(1_000);
  await settled();
  expect(events).toEqual(["ended"]);
  expect(answers).toHaveLength(1);
});

test("a failure of what goes on is nobody's", async () => {
  const { started, clock, end, events } = await setUp();
  await using _ = started;
  end.reject(new ClawError("SANDBOX_LOST", "gone"));
  await settled();
  clock.advance(1_000);
  await settled();
  expect(events).toEqual(["ended"]);
});
