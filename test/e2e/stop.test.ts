import { expect, test } from "vitest";
import { chatEvent, historyOf, send, settled } from "./harness/chat.ts";
import { linesOf, untilLine } from "./harness/directory.ts";
import { type Answer, callTool, say } from "./harness/fake-model.ts";
import type { Program } from "./harness/program.ts";
import { createScene, leaveMark } from "./harness/scene.ts";

const never = new Promise<never>(() => {});
/** Ten seconds of grace, fifteen for the parts; systemd's own limit is ninety. */
const LONGEST_STOP_MS = 30_000;

const stall: Answer = async function* () {
  yield { text: "The first ha" };
  await never;
};

/** As systemd does it: one SIGTERM, then waiting. */
async function stopAsSystemd({ pid, exited }: Pick<Program, "pid" | "exited">): Promise<void> {
  const askedMs = performance.now();
  process.kill(pid, "SIGTERM");
  expect(await exited).toEqual({ code: 0, signal: null });
  expect(performance.now() - askedMs).toBeLessThan(LONGEST_STOP_MS);
}

test("SIGTERM lets a turn that ends in time finish, and its answer is kept", async () => {
  const gate = Promise.withResolvers<void>();
  const inTime: Answer = async function* () {
    yield { text: "in " };
    await gate.promise;
    yield { text: "time" };
  };
  await using given = await createScene([inTime]);
  await using opened = await given.open();
  const streaming = chatEvent(opened.client, ({ state }) => state === "delta");
  await send(opened.client, "a");
  await streaming;
  const told = opened.client.on("shutdown", () => gate.resolve());
  await stopAsSystemd(opened.gateway);
  told();

  await using restarted = await given.open();
  expect(await historyOf(restarted.client)).toEqual(["user: a", "assistant: in time"]);
  expect(given.model.requests).toHaveLength(1);
});

test("SIGTERM parks a turn that streams on and on, and the next start answers it", async () => {
  await using given = await createScene([stall, say("The whole answer.")]);
  await using opened = await given.open();
  const streaming = chatEvent(opened.client, ({ state }) => state === "delta");
  await send(opened.client, "a");
  await streaming;
  await stopAsSystemd(opened.gateway);
  expect(opened.gateway.output()).toContain("turns are cut off by the stop and go on at the next start");

  await using restarted = await given.open();
  expect(restarted.gateway.output()).not.toContain("safe mode");
  expect(await settled(restarted.client, "a")).toBe("ok");
  expect(await historyOf(restarted.client)).toEqual(["user: a", "assistant: The whole answer."]);
});

test("SIGTERM stops a tool that runs on, and it is not run again", async () => {
  const runsOn = callTool("exec", { command: `${leaveMark("running")}; sleep 600` });
  await using given = await createScene([runsOn, say("done")]);
  await using opened = await given.open();
  await send(opened.client, "a");
  await untilLine(given.effects, "running");
  await stopAsSystemd(opened.gateway);

  await using restarted = await given.open();
  expect(await settled(restarted.client, "a")).toBe("ok");
  expect(await linesOf(given.effects)).toEqual(["running"]);
});

test("a second signal ends a stop at once, loses nothing, and is no crash", async () => {
  await using given = await createScene([stall, stall, stall, say("The whole answer.")]);
  for (const signal of ["SIGTERM", "SIGINT", "SIGTERM"] as const) {
    await using opened = await given.open();
    const { gateway, client } = opened;
    const streaming = chatEvent(client, ({ state }) => state === "delta");
    await send(client, "a");
    await streaming;
    const shutdown = new Promise((resolve) => client.on("shutdown", resolve));
    process.kill(gateway.pid, "SIGTERM");
    await shutdown;
    const again = setInterval(() => void gateway.stop(signal), 200);
    expect(await gateway.exited.finally(() => clearInterval(again))).toEqual({
      code: signal === "SIGINT" ? 130 : 143,
      signal: null,
    });
  }

  await using restarted = await given.open();
  expect((await restarted.client.request("health", {})).safeMode).toBeUndefined();
  expect(await settled(restarted.client, "a")).toBe("ok");
});
