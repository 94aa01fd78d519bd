import { afterAll, beforeAll, expect, test } from "vitest";
import { type FakeModel, startFakeModel } from "./harness/fake-model.ts";
import { type RunningGateway, startGateway } from "./harness/gateway.ts";
import { installOpenClaw, type OpenClaw, openClaw } from "./harness/openclaw.ts";

// The stock terminal client, unchanged, against our gateway.

const seen = Promise.withResolvers<void>();
let model: FakeModel;
let gateway: RunningGateway;
let stock: OpenClaw;

beforeAll(async () => {
  await installOpenClaw();
  model = await startFakeModel(
    async function* () {
      yield { text: "The first words" };
      await seen.promise;
      yield { text: " and the last ones." };
    },
    async function* ({ aborted }) {
      yield { text: "It goes on and on" };
      await new Promise((resolve) => aborted.addEventListener("abort", resolve, { once: true }));
    },
  );
  gateway = await startGateway({ config: model.config });
  stock = await openClaw({});
}, 300_000);

afterAll(async () => {
  seen.resolve();
  await stock?.[Symbol.asyncDispose]();
  await gateway?.[Symbol.asyncDispose]();
  await model?.[Symbol.asyncDispose]();
});

const open = () => stock.terminal("tui", "--url", gateway.webSocketUrl, "--token", gateway.token);

test("the terminal client sends a message and shows the answer while it is being said", async () => {
  await using terminal = await open();
  await terminal.shows("gateway connected");
  await terminal.type("hello there");
  await terminal.shows("The first words");
  seen.resolve();
  await terminal.shows("The first words and the last ones.");
  expect(model.requests.at(-1)?.body.messages.at(-1)).toMatchObject({ role: "user", content: "hello there" });
});

test("a terminal client that comes later shows the history", async () => {
  await using terminal = await open();
  await terminal.shows("hello there");
  await terminal.shows("The first words and the last ones.");
});

test("a key stops an answer, and the model with it", async () => {
  await using terminal = await open();
  await terminal.shows("and the last ones.");
  await terminal.type("never stop");
  await terminal.shows("It goes on and on");
  await terminal.press("Escape");
  await terminal.shows("run aborted");
  const request = await model.request(2);
  await expect.poll(() => request.aborted.aborted).toBe(true);
});

test("settings and commands typed into the terminal client are the gateway's, and ask no model", async () => {
  await using terminal = await open();
  await terminal.shows("It goes on and on");
  const asked = model.requests.length;
  await terminal.type("/think high");
  await terminal.shows("thinking set to high");
  await terminal.shows("scripted high");
  await terminal.type("/status");
  await terminal.shows("Going on: nothing");
  expect(model.requests).toHaveLength(asked);
});
