import { expect, test } from "vitest";
import { ask, historyOf, send, settled } from "./harness/chat.ts";
import { temporaryDirectory } from "./harness/directory.ts";
import { type Answer, startFakeModel } from "./harness/fake-model.ts";
import { startGateway } from "./harness/gateway.ts";
import { wrongClock } from "./harness/wrong-clock.ts";

const DAY = 86_400;

test("messages keep their order and are answered once over a clock that jumps while the gateway runs and between its lives", async (context) => {
  await using clock = await wrongClock();
  if (clock === undefined) return context.skip("needs a C compiler");
  let stalls = true;
  const reply: Answer = ({ body }) => {
    const asked = String(body.messages.findLast(({ role }) => role === "user")?.content);
    return stalls && asked === "c" ? new ReadableStream() : [{ text: `re ${asked}` }];
  };
  await using model = await startFakeModel(reply);
  await using directory = await temporaryDirectory();
  const start = () => startGateway({ stateDir: directory.path, config: model.config, env: clock.env });

  await using gateway = await start();
  const client = await gateway.connect({ reconnect: false });
  await ask(client, "a");
  clock.move(-DAY);
  expect((await client.request("health", {})).ts).toBeLessThan(Date.now() - (DAY / 2) * 1_000);
  expect(await ask(client, "b")).toMatchObject({ state: "final" });
  clock.move(DAY);
  await send(client, "c");
  await model.request(3);
  clock.move(-3 * DAY);
  for (const key of ["d", "e"]) await send(client, key);
  client.close();
  await gateway.stop("SIGKILL");

  stalls = false;
  clock.move(-10 * DAY);
  await using set = await start();
  const again = await set.connect();
  for (const key of ["c", "d", "e"]) expect(await settled(again, key)).toBe("ok");
  for (const key of ["a", "b", "c", "d", "e"]) expect(await send(again, key)).toBe("ok");
  const told = ["a", "b", "c", "d", "e"].flatMap((text) => [`user: ${text}`, `assistant: re ${text}`]);
  const history = await historyOf(again);
  expect(history.filter((line) => line.startsWith("assistant"))).toEqual(told.filter((_, index) => index % 2 === 1));
  expect(history.toSorted()).toEqual(told.toSorted());
  expect(model.requests).toHaveLength(6);
  again.close();
  await set.stop();

  clock.move(30 * DAY);
  await using later = await start();
  const last = await later.connect();
  expect(await send(last, "a")).toBe("ok");
  expect(await ask(last, "f")).toMatchObject({ state: "final" });
  expect(model.requests).toHaveLength(7);
  last.close();
});
