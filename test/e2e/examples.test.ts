import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createClient } from "@claw/client";
import { describe, expect, test } from "vitest";
import { noEngine } from "./harness/engine.ts";
import { type Program, startProgram } from "./harness/program.ts";

/** Runs an example by its own start script. */
async function startExample(name: string, ready: RegExp, env: Record<string, string> = {}): Promise<Program> {
  const cwd = resolve(import.meta.dirname, "../../examples", name);
  const { scripts } = JSON.parse(await readFile(join(cwd, "package.json"), "utf8"));
  const [program, ...args] = scripts.start.split(" ");
  expect(program).toBe("node");
  return startProgram({ args, cwd, env, ready });
}

describe.each(["embed-in-hono", "embed-in-express"])("%s", (name) => {
  test("answers over WebSocket and HTTP beside the app's own pages, and stops", async () => {
    const stateDir = await mkdtemp(join(tmpdir(), "claw-example-"));
    const token = "a-token-of-this-test";
    const env = { PORT: "0", CLAW_STATE_DIR: stateDir, CLAW_GATEWAY_TOKEN: token };
    const example = await startExample(name, /WebSocket +ws:\/\/(\S+)\/claw\n/, env);
    const address = example.match[1];

    const client = createClient({ url: `ws://${address}/claw`, token });
    await client.ready();
    const message = { message: "write hello to notes.txt then show notes.txt", idempotencyKey: "1" };
    const answer = await client.request("agent", message, { expectFinal: true });
    expect(answer.result?.payloads[0]?.text).toContain("hello");
    client.close();

    const ask = (authorization: string) =>
      fetch(`http://${address}/claw/v1/chat/completions`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify({ model: "openclaw", messages: [{ role: "user", content: "run `echo 6 times 7`" }] }),
      });
    const response = await ask(`Bearer ${token}`);
    expect(JSON.stringify(await response.json())).toContain("6 times 7");
    expect((await ask("Bearer wrong")).status).toBe(401);
    expect(await (await fetch(`http://${address}/`)).text()).toContain("with a gateway in it");
    expect((await fetch(`http://${address}/claw/elsewhere`)).status).toBe(404);

    expect(await example.stop()).toEqual({ code: 0, signal: null });
    await rm(stateDir, { recursive: true, force: true });
  });
});

test("egress-proxy-alone lets out what is allowed and says why it refuses the rest", async () => {
  const example = await startExample("egress-proxy-alone", /fetch http:\/\/denied\.example\.org/);
  expect(await example.exited).toEqual({ code: 0, signal: null });
  expect(example.output()).toContain("200 hello from inside");
  expect(example.output()).toContain("a person was asked and said no");
});

const missing = await noEngine();

test.skipIf(missing !== undefined)(
  `docker-proxy-alone runs one container and says why it refuses the others${missing ? ` (skipped: ${missing})` : ""}`,
  async () => {
    const example = await startExample("docker-proxy-alone", /what the engine knows of its host/);
    expect(await example.exited).toEqual({ code: 0, signal: null });
    expect(example.output()).toContain("| written on the host");
    expect(example.output()).toContain("rule HostConfig.Privileged");
    expect(example.output()).toContain("record: allow container.start");
  },
);

test.skipIf(missing !== undefined)(
  `sandbox-only runs its commands${missing ? ` (skipped: ${missing})` : ""}`,
  async () => {
    const example = await startExample("sandbox-only", /Sleeping a minute was cut short/);
    expect(await example.exited).toEqual({ code: 0, signal: null });
    expect(example.output()).toContain("The sum is 6.");
  },
);
