import { expect, test } from "vitest";
import { chatEvent, historyOf, send, settled } from "./harness/chat.ts";
import type { Answer } from "./harness/fake-model.ts";
import { createScene } from "./harness/scene.ts";

test("a gateway that is killed three times starts in safe mode, says so, and goes on when told to", async () => {
  let answers = false;
  const stallsAtFirst: Answer = () => (answers ? [{ text: "done" }] : new ReadableStream());
  await using given = await createScene([stallsAtFirst]);
  for (let kill = 1; kill <= 3; kill++) {
    await given.killedAfter(async ({ client }) => {
      if (kill === 1) await send(client, "a");
      await given.model.request(kill);
    });
  }

  answers = true;
  await using opened = await given.open();
  const { client, gateway } = opened;
  expect(gateway.output()).toMatch(/safe mode.*3 times within 5 minutes.*claw safe-mode off/s);
  expect((await client.request("health", {})).safeMode).toMatchObject({ parkedCount: 1, parked: [{ runId: "a" }] });
  expect(given.model.requests).toHaveLength(3);
  expect(await client.request("safe-mode.off", {})).toEqual({ left: true, resumed: 1 });
  expect(await settled(client, "a")).toBe("ok");
  expect(await historyOf(client)).toEqual(["user: a", "assistant: done"]);
});

test("a turn that kills the gateway each time is given up after three more attempts, and the gateway lives", async () => {
  let kill = (): void => {};
  const kills: Answer = ({ body }) => {
    if (String(body.messages.at(-1)?.content) === "poison") kill();
    return [{ text: "harmless" }];
  };
  await using given = await createScene([kills], {}, ["--no-safe-mode"]);
  for (let attempt = 1; attempt <= 4; attempt++) {
    await given.killedAfter(async ({ client, gateway }) => {
      kill = () => process.kill(gateway.pid, "SIGKILL");
      if (attempt === 1) send(client, "poison").catch(() => {});
      await gateway.exited;
    });
  }

  kill = () => {
    throw new Error("the poison is taken a fifth time");
  };
  await using opened = await given.open();
  const { client } = opened;
  const wait = await client.request("agent.wait", { runId: "poison" });
  expect(wait).toMatchObject({
    status: "error",
    error: expect.stringMatching(/crashed.*3 further attempts.*given up/),
  });
  const answered = chatEvent(client, ({ state }) => state === "final");
  await send(client, "hello");
  expect(await answered).toMatchObject({ runId: "hello" });
  // One that came before its gateway's process was known here killed nothing, and was asked again.
  const asked = given.model.requests.map(({ body }) => String(body.messages.at(-1)?.content));
  expect(asked.filter((text) => text === "hello")).toHaveLength(1);
  expect(asked.filter((text) => text === "poison").length).toBeGreaterThanOrEqual(4);
});
