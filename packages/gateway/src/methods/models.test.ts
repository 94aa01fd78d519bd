import { ClawError, type Model, type ModelEvent, type ModelSource } from "@claw/core";
import { expect, test } from "vitest";
import { connectClient } from "../connect.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";
import { manualClock } from "../manual-clock.fixture.ts";

/** Models that answer with these events, by reference; one without any never answers. */
function modelsOf(answers: Readonly<Record<string, readonly ModelEvent[]>>): ModelSource {
  const model = (ref: string): Model => ({
    ref,
    async *stream({ signal }) {
      const events = answers[ref] ?? [];
      yield* events;
      if (events.length === 0) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  });
  return {
    async resolve(ref) {
      if (answers[ref] === undefined) throw new ClawError("MODEL_UNKNOWN", `There is no model "${ref}".`);
      return model(ref);
    },
    list: () => [{ ref: "a/good", name: "good", provider: "a", available: true, roles: ["default"] }],
    providers: () => [
      { id: "a", name: "A", credential: "environment", setting: "A_KEY or models.providers.a.apiKey" },
      { id: "b", name: "B", credential: "missing", setting: "models.providers.b.apiKey" },
      { id: "c", name: "C", credential: "not-needed", setting: "models.providers.c.apiKey" },
      { id: "d", name: "D", credential: "configured", setting: "models.providers.d.apiKey" },
    ],
  };
}

const failing = (code: string): readonly ModelEvent[] => [
  { type: "model-end", stop: "error", error: new ClawError(code, "it said no") },
];
const models = modelsOf({
  "a/good": [
    { type: "text-delta", text: "ok" },
    { type: "model-end", stop: "length" },
  ],
  "a/locked": failing("MODEL_AUTH"),
  "a/broken": failing("MODEL_BAD_RESPONSE"),
  "a/busy": [{ type: "retry", attempt: 2, delayMs: 500, reason: "it is busy" }],
  "a/mute": [],
});

test.each([
  ["default", { model: "a/good", ok: true, status: "ok" }],
  ["a/locked", { ok: false, status: "auth", error: "it said no" }],
  ["a/broken", { ok: false, status: "failed", error: "it said no" }],
  ["a/busy", { ok: false, status: "unavailable", error: "it is busy" }],
  ["a/none", { ok: false, status: "unknown_model", error: 'There is no model "a/none".' }],
])("a probe of %s says how it went", async (model, verdict) => {
  await using started = await startGateway({ models });
  const client = await connectClient(started.gateway);
  expect(await client.request("models.probe", { model })).toMatchObject({ ok: true, payload: verdict });
});

test("a probe of a model that does not answer ends at its time", async () => {
  const clock = manualClock();
  await using started = await startGateway({ models, clock });
  const client = await connectClient(started.gateway);
  const answer = client.request("models.probe", { model: "a/mute", timeoutMs: 1_000 });
  await client.request("health");
  clock.advance(1_000);
  expect(await answer).toMatchObject({ payload: { ok: false, status: "timeout", latencyMs: 1_000 } });
});

test("the state of every credential is told by its place", async () => {
  await using started = await startGateway({ models });
  const client = await connectClient(started.gateway);
  const { payload } = await client.request("models.authStatus");
  expect((payload as unknown as { providers: unknown }).providers).toEqual([
    {
      provider: "a",
      displayName: "A",
      status: "static",
      source: "environment",
      setting: "A_KEY or models.providers.a.apiKey",
    },
    { provider: "b", displayName: "B", status: "missing", source: "none", setting: "models.providers.b.apiKey" },
    { provider: "c", displayName: "C", status: "ok", source: "none", setting: "models.providers.c.apiKey" },
    { provider: "d", displayName: "D", status: "static", source: "config", setting: "models.providers.d.apiKey" },
  ]);
});

test("a probe needs the scope of an admin, since it costs tokens", async () => {
  await using started = await startGateway({ models });
  const client = await connectClient(started.gateway, "secret", ["operator.write"]);
  expect(await client.request("models.probe", {})).toMatchObject({
    error: { message: "missing scope: operator.admin" },
  });
});
