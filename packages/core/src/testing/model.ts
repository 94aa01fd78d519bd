import assert from "node:assert/strict";
import { ClawError } from "../errors.ts";
import type { Model, ModelEvent, ModelRequest } from "../model.ts";
import { type ContractCase, type Skips, withSkips } from "./contract.ts";

/**
 * What the model is about to do with the request: stream at least three deltas of text, ask for two tools at once, ask
 * for one, fail for good before any output, or stay silent until it is aborted.
 */
export type ModelScenario = "text" | "two-tools" | "tool" | "failure" | "silence";

export interface ModelFixture extends AsyncDisposable {
  readonly model: Model;
  readonly request: Omit<ModelRequest, "signal">;
}

export interface ModelContractOptions {
  readonly create: (scenario: ModelScenario) => Promise<ModelFixture>;
  readonly skip?: Skips;
}

/** What every `Model` promises. */
export function modelContract({ create, skip }: ModelContractOptions): readonly ContractCase[] {
  const given = (scenario: ModelScenario, check: (fixture: ModelFixture) => Promise<void>) => async () => {
    await using fixture = await create(scenario);
    await check(fixture);
  };
  return withSkips(
    [
      {
        name: "its ref names a provider and a model",
        run: given("text", async ({ model }) => assert.match(model.ref, /^[^/\s]+\/\S+$/)),
      },
      {
        name: "text arrives in deltas that are not empty, then one end",
        run: given("text", async (fixture) => {
          const events = await collect(fixture);
          assert.equal(checkedEnd(events).stop, "stop");
          const deltas = events.filter((event) => event.type === "text-delta");
          assert.ok(deltas.length >= 3, `${deltas.length} deltas`);
          assert.ok(deltas.every(({ text }) => text !== ""));
        }),
      },
      {
        name: "the same request may be streamed twice, also at once",
        run: given("text", async (fixture) => {
          const [first, second] = await Promise.all([collect(fixture), collect(fixture)]);
          assert.deepEqual(textOf(first), textOf(second));
          assert.deepEqual(textOf(await collect(fixture)), textOf(first));
        }),
      },
      {
        name: "a tool call has an id and a tool of the request",
        run: given("tool", (fixture) => checkCalls(fixture, 1)),
      },
      {
        name: "tool calls of one step have different ids",
        run: given("two-tools", (fixture) => checkCalls(fixture, 2)),
      },
      {
        name: "a failure is the end of the stream, never thrown",
        run: given("failure", async (fixture) => {
          assert.equal(checkedEnd(await collect(fixture)).stop, "error");
        }),
      },
      {
        name: "a signal that fired before gives nothing but an aborted end",
        run: given("text", async (fixture) => {
          const events = await collect(fixture, AbortSignal.abort());
          assert.deepEqual(
            events.map(({ type }) => type),
            ["model-end"],
          );
          assert.equal(checkedEnd(events).stop, "aborted");
        }),
      },
      {
        name: "a signal that fires between deltas ends the stream as aborted",
        run: given("text", async (fixture) => {
          const abort = new AbortController();
          const events = await collect(fixture, abort.signal, () => abort.abort());
          assert.equal(checkedEnd(events).stop, "aborted");
        }),
      },
      {
        name: "a signal that fires in silence ends the stream as aborted",
        run: given("silence", async (fixture) => {
          const abort = new AbortController();
          const events = collect(fixture, abort.signal);
          setImmediate(() => abort.abort());
          assert.equal(checkedEnd(await events).stop, "aborted");
        }),
      },
      {
        name: "a reader may leave early and come back",
        run: given("text", async (fixture) => {
          for await (const event of fixture.model.stream({ ...fixture.request, signal: idleSignal() })) {
            assert.equal(event.type, "text-delta");
            break;
          }
          assert.equal(checkedEnd(await collect(fixture)).stop, "stop");
        }),
      },
    ],
    skip,
  );
}

async function checkCalls(fixture: ModelFixture, number: number): Promise<void> {
  const events = await collect(fixture);
  assert.equal(checkedEnd(events).stop, "tool-calls");
  const calls = events.filter((event) => event.type === "tool-call");
  assert.equal(calls.length, number);
  assert.equal(new Set(calls.map(({ id }) => id)).size, number);
  const offered = fixture.request.tools.map(({ name }) => name);
  for (const { id, tool } of calls) {
    assert.notEqual(id.trim(), "");
    assert.ok(offered.includes(tool), `${tool} is not in the request`);
  }
}

/** The end, once it is sure that it is the only one, the last event, and has an error exactly when it should. */
function checkedEnd(events: readonly ModelEvent[]): Extract<ModelEvent, { type: "model-end" }> {
  const ends = events.filter((event) => event.type === "model-end");
  const [end] = ends;
  assert.ok(end !== undefined && ends.length === 1, `${ends.length} ends`);
  assert.equal(events.at(-1), end);
  assert.equal(ClawError.is(end.error), end.stop === "error");
  assert.equal("error" in end, end.stop === "error");
  return end;
}

async function collect(
  { model, request }: ModelFixture,
  signal = idleSignal(),
  onFirst?: () => void,
): Promise<readonly ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of model.stream({ ...request, signal })) {
    if (events.push(event) === 1) onFirst?.();
  }
  return events;
}

function textOf(events: readonly ModelEvent[]): string {
  return events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
}

function idleSignal(): AbortSignal {
  return new AbortController().signal;
}
