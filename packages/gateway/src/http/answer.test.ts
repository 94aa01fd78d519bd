import { expect, test } from "vitest";
import { createHub, type GatewayEvent, type RunOutcome } from "../events.ts";
import { manualClock } from "../manual-clock.fixture.ts";
import { streamedAnswer, wholeAnswer } from "./answer.ts";
import { chatFormat } from "./chat-format.ts";

const ref = { run: "r1", session: "agent:main:x", agent: "main", owner: "owner" };
const done: RunOutcome = { state: "done", text: "", cut: false, inputTokens: 1, outputTokens: 2 };
const text = (piece: string): GatewayEvent => ({
  ...ref,
  type: "turn-event",
  event: { type: "text-delta", text: piece },
});
const ended = (outcome: RunOutcome): GatewayEvent => ({ ...ref, type: "run-ended", outcome });

function setUp() {
  const clock = manualClock();
  const errors: unknown[] = [];
  const hub = createHub((error) => errors.push(error));
  let abandoned = 0;
  const options = {
    hub,
    clock,
    format: chatFormat({ run: "r1", model: "openclaw", at: clock.now(), includeUsage: false }),
    onAbandoned: () => void abandoned++,
  };
  return { clock, hub, errors, options, abandoned: () => abandoned };
}

test("a stream that has nothing to say shows that it is alive, until its end", async () => {
  const { clock, hub, options, errors } = setUp();
  const response = await streamedAnswer(options).response;
  clock.advance(15_000);
  clock.advance(15_000);
  hub.publish(ended(done));
  clock.advance(15_000);
  const body = await response.text();
  expect(body.match(/^: still working$/gm)).toHaveLength(2);
  expect(body.endsWith("data: [DONE]\n\n")).toBe(true);
  expect(errors).toEqual([]);
});

test("a reader that takes nothing is given up, with a bounded amount unread", async () => {
  const { hub, options, errors, abandoned } = setUp();
  const response = await streamedAnswer(options).response;
  const megabyte = "x".repeat(1024 * 1024);
  for (let sent = 0; sent < 20; sent++) hub.publish(text(megabyte));
  hub.publish(ended(done));
  expect(abandoned()).toBe(1);
  await expect(response.text()).rejects.toThrow("unread");
  expect(errors).toEqual([]);
});

test("a reader that leaves is noticed once, and the rest of the run goes nowhere", async () => {
  const { hub, options, errors, abandoned } = setUp();
  const response = await streamedAnswer(options).response;
  await response.body?.cancel();
  hub.publish(text("late"));
  hub.publish(ended(done));
  expect(abandoned()).toBe(1);
  expect(errors).toEqual([]);
});

test("an aborted run is an error and no half answer", async () => {
  const { hub, options } = setUp();
  const { response } = wholeAnswer(options);
  hub.publish(text("half an ans"));
  hub.publish(ended({ ...done, state: "aborted" }));
  const answer = await response;
  expect(answer.status).toBe(409);
  expect(answer.headers.get("x-should-retry")).toBe("false");
  expect(await answer.json()).toMatchObject({ error: { type: "aborted", run_id: "r1" } });
});

test("an answer cut at the model's limit says so", async () => {
  const { hub, options } = setUp();
  const { response } = wholeAnswer(options);
  hub.publish(text("as long as it ge"));
  hub.publish(ended({ ...done, cut: true }));
  expect(await (await response).json()).toMatchObject({ choices: [{ finish_reason: "length" }] });
});

test("a cancelled answer listens no more", () => {
  const { hub, options, errors } = setUp();
  streamedAnswer(options).cancel();
  hub.publish(text("nobody hears this"));
  hub.publish(ended(done));
  expect(errors).toEqual([]);
});
