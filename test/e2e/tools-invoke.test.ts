import { expect, test } from "vitest";
import { linesOf, untilLine } from "./harness/directory.ts";
import { say } from "./harness/fake-model.ts";
import type { RunningGateway } from "./harness/gateway.ts";
import { createScene, leaveMark } from "./harness/scene.ts";

const invoke = (gateway: RunningGateway, body: object, token = gateway.token) =>
  fetch(`${gateway.url}/tools/invoke`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
const allowExec = { gateway: { tools: { allow: ["exec"] } } };
const exec = (command: string, more: object = {}) => ({ tool: "exec", args: { command }, ...more });

test("what only looks runs over HTTP, and what changes anything does not", async () => {
  await using given = await createScene([say("unused")]);
  await using opened = await given.open();
  const { gateway } = opened;
  expect(await (await invoke(gateway, { tool: "ls", args: { path: "." } })).json()).toMatchObject({ ok: true });
  for (const [tool, args] of [
    ["exec", { command: "id" }],
    ["write", { path: "a", content: "b" }],
    ["edit", { path: "a", old_text: "b", new_text: "c" }],
  ] as const) {
    const refused = await invoke(gateway, { tool, args });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ error: { message: expect.stringContaining("gateway.tools.allow") } });
  }
  expect((await invoke(gateway, { tool: "shell" })).status).toBe(404);
  expect((await invoke(gateway, { tool: "ls" }, "wrong")).status).toBe(401);
  expect(given.model.requests).toEqual([]);
});

test("a call that a kill cut off is unknown to its repeat, and is not run again", async () => {
  await using given = await createScene([say("unused")], allowExec);
  const call = exec(`${leaveMark("running")}; sleep 600`, { idempotencyKey: "k1" });
  await given.killedAfter(async ({ gateway }) => {
    void invoke(gateway, call).catch(() => "killed");
    await untilLine(given.effects, "running");
  });
  await using restarted = await given.open();
  const response = await invoke(restarted.gateway, call);
  expect(await response.json()).toMatchObject({
    ok: false,
    result: { output: expect.stringContaining("Outcome unknown"), details: { outcome: "unknown" } },
  });
  expect(await linesOf(given.effects)).toEqual(["running"]);
  // The session goes on, and no model was asked for any of this.
  expect(await (await invoke(restarted.gateway, exec("echo alive"))).json()).toMatchObject({ ok: true });
  expect(given.model.requests).toEqual([]);
});
