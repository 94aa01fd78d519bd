import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { callTool, failWith, say, startFakeModel } from "./fake-model.ts";
import { startGateway } from "./gateway.ts";

test("a message to the built gateway goes to the fake model and its answer comes back", async () => {
  await using model = await startFakeModel(say("Hello", " from", " the fake."));
  await using gateway = await startGateway({ config: model.config });
  const client = await gateway.connect();
  const answer = await client.request("agent", { message: "hi", idempotencyKey: "1" }, { expectFinal: true });
  expect(answer.result?.payloads).toEqual([{ text: "Hello from the fake." }]);
  expect((await model.request(1)).body.messages.at(-1)).toMatchObject({ role: "user", content: "hi" });
  client.close();
  expect(await gateway.stop()).toEqual({ code: 0, signal: null });
  expect(existsSync(gateway.stateDir)).toBe(true);
});

test("the fake model calls tools, fails and hangs up as it is told", async () => {
  const hangUp = () => [{ text: "Hal" }, { hangUp: true } as const];
  await using model = await startFakeModel(
    callTool("exec", { command: "echo 42" }),
    failWith(503),
    hangUp,
    say("Done."),
  );
  await using gateway = await startGateway({ config: model.config });
  const client = await gateway.connect();
  const answer = await client.request("agent", { message: "go", idempotencyKey: "1" }, { expectFinal: true });
  client.close();
  expect(answer.status).toBe("ok");
  expect(JSON.stringify((await model.request(2)).body.messages.at(-1))).toContain("42");
});

test("a gateway that is killed goes on with the same state", async () => {
  const stateDir = await mkdtemp(join(tmpdir(), "claw-e2e-"));
  const first = await startGateway({ stateDir });
  expect(await first.stop("SIGKILL")).toEqual({ code: null, signal: "SIGKILL" });
  await using second = await startGateway({ stateDir });
  expect((await fetch(`${second.url}/ready`)).status).toBe(200);
  await second.stop();
  await rm(stateDir, { recursive: true });
});

test("a gateway that can't start says why", async () => {
  await expect(startGateway({ config: { nonsense: 1 } })).rejects.toThrow(/ended \(78\)[\s\S]*nonsense/);
});
