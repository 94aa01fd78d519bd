import {
  HANDSHAKE_TIMEOUT_MS,
  MAX_BUFFERED_BYTES,
  MAX_EARLY_FRAMES,
  MAX_PRE_AUTH_FRAME_BYTES,
  TICK_INTERVAL_MS,
} from "@claw/protocol";
import { describe, expect, test } from "vitest";
import { type Authenticate, sharedSecret } from "../auth.ts";
import { connectClient, hello, openClient } from "../connect.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";
import { manualClock } from "../manual-clock.fixture.ts";
import { scriptedAgent } from "../script.fixture.ts";

/** An authenticator that answers nobody before it is told to. */
function slowly() {
  const asked = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<void>();
  const authenticate: Authenticate = async (credentials, caller) => {
    asked.resolve();
    await decided.promise;
    return sharedSecret("token", "secret")(credentials, caller);
  };
  return { authenticate, asked: asked.promise, decide: decided.resolve };
}

describe("before hello", () => {
  test("the gateway speaks first, with a nonce of this connection's own", async () => {
    await using started = await startGateway();
    const firstFrames = [openClient(started.gateway), openClient(started.gateway)].map(({ frames }) => frames[0]);
    for (const frame of firstFrames) {
      expect(frame).toMatchObject({ event: "connect.challenge", payload: { nonce: expect.any(String) } });
    }
    expect(firstFrames[0]?.payload).not.toEqual(firstFrames[1]?.payload);
  });

  test("nothing but connect is answered", async () => {
    await using started = await startGateway();
    const client = openClient(started.gateway);
    const answer = await client.request("health");
    expect(answer.error?.message).toBe("invalid handshake: first request must be connect");
    expect(await client.closed).toEqual({ code: 1008, reason: answer.error?.message });
  });

  test.each([
    ["no JSON", "hello?", "invalid frame: expected JSON"],
    ["no object", "[]", "invalid frame: expected an object"],
    ["no request", { type: "event", event: "tick" }, "invalid frame: expected a request"],
    ["an unknown key", { type: "req", id: "1", method: "connect", extra: 1 }, "unexpected property 'extra'"],
    ["a name without end", { type: "req", id: "x".repeat(200), method: "connect" }, "at id: expected a string"],
  ])("%s closes with what was expected", async (_, frame, reason) => {
    await using started = await startGateway();
    const client = openClient(started.gateway);
    client.send(frame);
    expect(await client.closed).toEqual({ code: 1008, reason: expect.stringContaining(reason) });
  });

  test("a frame over 64 KiB closes with 1009", async () => {
    await using started = await startGateway();
    const client = openClient(started.gateway);
    client.send("x".repeat(MAX_PRE_AUTH_FRAME_BYTES + 1));
    expect(await client.closed).toMatchObject({ code: 1009 });
  });

  test("silence is given up after 15 seconds, and hello ends that wait", async () => {
    const clock = manualClock();
    await using started = await startGateway({ clock });
    const silent = openClient(started.gateway);
    const admitted = await connectClient(started.gateway);
    clock.advance(HANDSHAKE_TIMEOUT_MS);
    expect(await silent.closed).toEqual({ code: 1008, reason: "handshake timeout" });
    expect((await admitted.request("health")).ok).toBe(true);
  });

  test("what comes while connect is being answered is answered after it, in order, up to 15 frames", async () => {
    const { authenticate, asked, decide } = slowly();
    await using started = await startGateway({ authenticate });
    const client = openClient(started.gateway);
    const answer = client.request("connect", hello("secret"));
    for (let id = 0; id < MAX_EARLY_FRAMES; id++) client.send({ type: "req", id: `early-${id}`, method: "health" });
    await asked;
    decide();
    expect((await answer).ok).toBe(true);
    await client.frame(({ id }) => id === `early-${MAX_EARLY_FRAMES - 1}`);
    const answered = client.frames.flatMap(({ type, id }) => (type === "res" ? [id] : []));
    expect(answered).toEqual(["r0", ...Array.from({ length: MAX_EARLY_FRAMES }, (_, id) => `early-${id}`)]);
  });

  test("more frames than that before hello close", async () => {
    const { authenticate, asked, decide } = slowly();
    await using started = await startGateway({ authenticate });
    const client = openClient(started.gateway);
    void client.request("connect", hello("secret"));
    for (let id = 0; id <= MAX_EARLY_FRAMES; id++) client.send({ type: "req", id: `early-${id}`, method: "health" });
    expect(await client.closed).toEqual({ code: 1008, reason: "too many frames before hello" });
    await asked;
    decide();
  });

  test("a client that hangs up while connect is being answered is no peer", async () => {
    const { authenticate, asked, decide } = slowly();
    await using started = await startGateway({ authenticate });
    const client = openClient(started.gateway);
    void client.request("connect", hello("secret"));
    client.hangUp();
    await asked;
    decide();
    const admin = await connectClient(started.gateway);
    expect((await admin.request("system-presence")).payload).toHaveLength(1);
  });

  test("a page of somebody else's and a rebound name hear nothing but why", async () => {
    await using started = await startGateway({ origins: { allowedOrigins: ["https://mine.example"] } });
    const closeOf = (headers: Record<string, string>) => openClient(started.gateway, { headers });
    for (const headers of [{ origin: "https://evil.example" }, { origin: "null" }, { origin: "" }]) {
      const client = closeOf(headers);
      expect(await client.closed).toEqual({ code: 1008, reason: expect.stringContaining("origin not allowed") });
      expect(client.frames).toEqual([]);
    }
    for (const host of ["evil.example", "evil.example:18789", "127.0.0.1.evil.example", ""]) {
      const { reason } = await closeOf({ host }).closed;
      expect(reason).toContain("host not allowed");
    }
    for (const headers of [
      { origin: "http://127.0.0.1:18789" },
      { origin: "https://mine.example" },
      { host: "[::1]:1" },
    ]) {
      expect((await closeOf(headers).request("connect", hello("secret"))).ok).toBe(true);
    }
  });
});

describe("connect", () => {
  const refusal = async (params: object) => {
    await using started = await startGateway();
    const client = openClient(started.gateway);
    const { error } = await client.request("connect", params);
    return { error, closed: await client.closed };
  };

  test("a wrong token is named, and never repeated", async () => {
    const { error, closed } = await refusal(hello("not-the-secret"));
    expect(error).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringMatching(/^unauthorized: .*gateway\.auth\.token/),
      details: { code: "AUTH_TOKEN_MISMATCH", recommendedNextStep: "update_auth_credentials" },
    });
    expect(closed).toEqual({ code: 1008, reason: expect.stringContaining("unauthorized") });
    expect(JSON.stringify({ error, closed })).not.toContain("not-the-secret");
  });

  test("no token is told apart from a wrong one", async () => {
    const { error } = await refusal({ ...hello(""), auth: undefined });
    expect(error?.details).toMatchObject({ code: "AUTH_TOKEN_MISSING" });
  });

  test("another protocol version closes with 1002", async () => {
    const { error, closed } = await refusal({ ...hello("secret"), minProtocol: 5, maxProtocol: 6 });
    expect(error).toMatchObject({
      message: expect.stringContaining("speaks 4"),
      details: { code: "PROTOCOL_MISMATCH" },
    });
    expect(closed.code).toBe(1002);
  });

  test("a key that is not in the schema is named, in a reason of at most 123 bytes", async () => {
    const { error, closed } = await refusal({ ...hello("secret"), ["é".repeat(100)]: 1 });
    expect(error?.message).toMatch(/^invalid connect params: at root: unexpected property 'é+'$/);
    expect(closed.code).toBe(1008);
    expect(Buffer.byteLength(closed.reason)).toBeLessThanOrEqual(123);
    expect(closed.reason).toMatch(/é$/);
  });

  test("a role that is not served is refused", async () => {
    const { error } = await refusal({ ...hello("secret"), role: "worker" });
    expect(error?.message).toContain("expected operator or node, found worker");
  });
});

describe("after hello", () => {
  test("whoever asked for no scope may ask for health alone", async () => {
    await using started = await startGateway();
    const client = await connectClient(started.gateway, "secret", []);
    expect((await client.request("health")).ok).toBe(true);
    expect((await client.request("status")).error?.code).toBe("FORBIDDEN");
  });

  test("a missing scope is named", async () => {
    await using started = await startGateway();
    const client = await connectClient(started.gateway, "secret", ["operator.read"]);
    const { error } = await client.request("chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "1" });
    expect(error).toEqual({
      code: "FORBIDDEN",
      message: "missing scope: operator.write",
      details: { code: "MISSING_SCOPE", missingScope: "operator.write", requiredScopes: ["operator.write"] },
    });
  });

  test("that a method does not exist is for those to know who may call all of them", async () => {
    await using started = await startGateway();
    const admin = await connectClient(started.gateway);
    expect((await admin.request("no.such")).error).toMatchObject({
      code: "INVALID_REQUEST",
      message: "unknown method: no.such",
    });
    const reader = await connectClient(started.gateway, "secret", ["operator.read", "operator.write"]);
    expect((await reader.request("no.such")).error?.details).toMatchObject({ missingScope: "operator.admin" });
    expect((await reader.request("__proto__")).error?.code).toBe("FORBIDDEN");
  });

  test("a key that is not in the schema is named, and the connection goes on", async () => {
    await using started = await startGateway();
    const client = await connectClient(started.gateway);
    const { error } = await client.request("sessions.list", { limit: 1, foo: 1 });
    expect(error?.message).toBe("invalid sessions.list params: at root: unexpected property 'foo'");
    expect((await client.request("health")).ok).toBe(true);
  });

  test("a frame that is none closes", async () => {
    await using started = await startGateway();
    const client = await connectClient(started.gateway);
    client.send("{");
    expect(await client.closed).toEqual({ code: 1008, reason: "invalid frame: expected JSON" });
  });

  test("system-presence lists who is connected, and no longer who has left", async () => {
    await using started = await startGateway();
    const first = await connectClient(started.gateway);
    const second = await connectClient(started.gateway);
    expect((await first.request("system-presence")).payload).toMatchObject([{ clientId: "test" }, { mode: "test" }]);
    second.hangUp();
    expect((await first.request("system-presence")).payload).toHaveLength(1);
  });

  test("a tick comes every 30 seconds", async () => {
    const clock = manualClock();
    await using started = await startGateway({ clock });
    const client = await connectClient(started.gateway);
    clock.advance(TICK_INTERVAL_MS);
    clock.advance(TICK_INTERVAL_MS);
    expect(client.frames.filter(({ event }) => event === "tick")).toHaveLength(2);
  });

  test("a client that answers nothing has a bounded number of open requests", async () => {
    const agent = scriptedAgent(async function* ({ signal }) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      yield "";
    });
    await using started = await startGateway({ agents: [agent] });
    const client = await connectClient(started.gateway);
    await client.request("chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "1" });
    for (let id = 0; id < 256; id++)
      client.send({ type: "req", id: `w${id}`, method: "agent.wait", params: { runId: "1" } });
    expect((await client.request("health")).error).toMatchObject({ code: "UNAVAILABLE", retryable: true });
    expect((await client.request("chat.abort", { sessionKey: "main" })).error?.code).toBe("UNAVAILABLE");
    client.hangUp();
  });
});

describe("a client that does not read", () => {
  test("loses deltas, sees the gap, and gets the whole answer", async () => {
    await using started = await startGateway();
    let buffered = 0;
    const client = await connectClient(started.gateway, "secret", undefined, { bufferedBytes: () => buffered });
    buffered = 2 * 1024 * 1024;
    await client.request("chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "1" });
    const final = await client.frame(({ payload }) => (payload as { state?: string } | undefined)?.state === "final");
    expect(final.payload).toMatchObject({ message: { content: [{ text: "you said: hi" }] } });
    const states = client.frames.map(({ payload }) => (payload as { state?: string } | undefined)?.state);
    expect(states).not.toContain("delta");
    const numbers = client.frames.flatMap(({ seq }) => (typeof seq === "number" ? [seq] : []));
    expect(numbers.at(-1)).toBeGreaterThan(numbers.length);
  });

  test.each([
    ["an event", (advance: (ms: number) => void) => advance(TICK_INTERVAL_MS)],
    ["an answer", (_: unknown, ask: () => void) => ask()],
  ])("is closed at %s when too much waits for it", async (_, cause) => {
    const clock = manualClock();
    await using started = await startGateway({ clock });
    let buffered = 0;
    const client = await connectClient(started.gateway, "secret", undefined, { bufferedBytes: () => buffered });
    buffered = MAX_BUFFERED_BYTES + 1;
    cause(clock.advance, () => client.send({ type: "req", id: "h", method: "health" }));
    expect(await client.closed).toEqual({ code: 1008, reason: "slow consumer" });
  });
});
