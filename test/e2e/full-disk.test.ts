import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ask, historyOf, runEnd, send, settled } from "./harness/chat.ts";
import { linesOf, untilLine } from "./harness/directory.ts";
import { type Answer, callTool, say, startFakeModel } from "./harness/fake-model.ts";
import { startGateway } from "./harness/gateway.ts";
import { smallDisk } from "./harness/small-disk.ts";

const LARGE = "x".repeat(60_000);

test("a full disk refuses a message with an error to try again, loses nothing, and works once there is space", async (context) => {
  await using disk = await smallDisk(16);
  if (disk === undefined) return context.skip("needs the right to mount a tmpfs");
  await using model = await startFakeModel(say("hello"));
  await using gateway = await startGateway({ stateDir: disk.path, config: model.config });
  const client = await gateway.connect();
  await ask(client, "before");
  disk.fill();
  for (const key of ["a", "b"]) {
    await expect(send(client, key, LARGE)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      retryable: true,
      message: expect.stringMatching(/can't be written.*free space/),
    });
  }
  expect((await fetch(`${gateway.url}/health`)).status).toBe(200);

  disk.free();
  for (const key of ["a", "b"]) expect(await ask(client, key, LARGE)).toMatchObject({ state: "final" });
  const asked = ["before", LARGE, LARGE].flatMap((text) => [`user: ${text}`, "assistant: hello"]);
  expect(await historyOf(client)).toEqual(asked);
  expect(model.requests).toHaveLength(3);
  client.close();
});

test("an answer that a full disk can't keep is an error for the client and is given again after a restart", async (context) => {
  await using disk = await smallDisk(16);
  if (disk === undefined) return context.skip("needs the right to mount a tmpfs");
  const fillsTheDisk: Answer = () => {
    disk.fill();
    return [{ text: LARGE }];
  };
  await using model = await startFakeModel(fillsTheDisk, say("second"), say("the answer to the first"));
  const start = () => startGateway({ stateDir: disk.path, config: model.config });
  await using gateway = await start();
  const client = await gateway.connect();
  const failed = runEnd(client, "a");
  await send(client, "a");
  expect(await failed).toMatchObject({ state: "error", errorMessage: expect.stringContaining("free space") });
  disk.free();
  expect(await send(client, "a")).toBe("in_flight");
  expect(await ask(client, "b")).toMatchObject({ state: "final" });
  client.close();
  await gateway.stop();

  await using restarted = await start();
  const again = await restarted.connect();
  expect(await settled(again, "a")).toBe("ok");
  expect(await historyOf(again)).toEqual([
    "user: a",
    "assistant: the answer to the first",
    "user: b",
    "assistant: second",
  ]);
  again.close();
});

test("a tool whose result a full disk can't keep is reported as unknown later, and the gateway still stops at once", async (context) => {
  await using disk = await smallDisk(16);
  if (disk === undefined) return context.skip("needs the right to mount a tmpfs");
  const command = "touch stay; echo running >> effects.txt; while [ -e stay ]; do sleep 0.05; done";
  await using model = await startFakeModel(callTool("exec", { command }), say("done"));
  const start = () => startGateway({ stateDir: disk.path, config: model.config });
  await using gateway = await start();
  const client = await gateway.connect();
  const failed = runEnd(client, "a");
  await send(client, "a");
  const effects = join(disk.path, "workspace", "effects.txt");
  await untilLine(effects, "running");
  disk.fill();
  await rm(join(disk.path, "workspace", "stay"));
  expect(await failed).toMatchObject({ state: "error", errorMessage: expect.stringContaining("free space") });
  expect(gateway.output()).toContain("an outcome is missing in the audit");
  client.close();
  expect(await gateway.stop()).toEqual({ code: 0, signal: null });

  disk.free();
  await using restarted = await start();
  const again = await restarted.connect();
  expect(await settled(again, "a")).toBe("ok");
  expect(await linesOf(effects)).toEqual(["running"]);
  expect((await historyOf(again)).join("\n")).toContain("Outcome unknown");
  again.close();
});
