import { type Action, type Audit, type Decision, silentLogger } from "@claw/core";
import { expect, test } from "vitest";
import type { AuthResult } from "./auth.ts";
import { createAuthAudit } from "./auth-audit.ts";
import { type AuthLimiterOptions, type CredentialClass, createAuthLimiter } from "./auth-limiter.ts";
import { connectClient, hello, openClient } from "./connect.fixture.ts";
import { startGateway } from "./gateway.fixture.ts";
import { manualClock } from "./manual-clock.fixture.ts";
import type { Gateway } from "./options.ts";

const wrong: AuthResult = { ok: false, code: "AUTH_TOKEN_MISMATCH", message: "wrong" };
const right: AuthResult = {
  ok: true,
  principal: { id: "owner", kind: "user", tenant: "local", scopes: ["admin"], credential: "gateway-token" },
};

function limiter(options: Partial<AuthLimiterOptions> = {}) {
  const clock = manualClock();
  const limit = createAuthLimiter({ clock, log: silentLogger, audit: async () => {}, ...options });
  const attempt = (result: AuthResult, remoteAddress = "192.0.2.1", credential: CredentialClass = "shared-secret") =>
    limit({ remoteAddress, credential }, () => result);
  const fail = async (times: number, remoteAddress?: string): Promise<void> => {
    for (let time = 0; time < times; time++) expect(await attempt(wrong, remoteAddress)).toBe(wrong);
  };
  return { clock, limit, attempt, fail };
}

const limited = (retryAfterMs: number) => ({ ok: false, code: "AUTH_RATE_LIMITED", retryAfterMs });

test("ten failures within a minute lock an address out for five minutes, the right credential as well", async () => {
  const { clock, attempt, fail } = limiter();
  await fail(10);
  expect(await attempt(right)).toMatchObject(limited(300_000));
  clock.advance(299_999);
  expect(await attempt(right)).toMatchObject(limited(1));
  clock.advance(1);
  expect(await attempt(right)).toBe(right);
});

test("failures spread over more than a minute do not add up", async () => {
  const { clock, attempt, fail } = limiter();
  await fail(9);
  clock.advance(60_000);
  await fail(9);
  expect(await attempt(right)).toBe(right);
});

test("success forgets the failures of its own class only", async () => {
  const { attempt, fail } = limiter();
  await fail(9);
  expect(await attempt(right, "192.0.2.1", "device-token")).toBe(right);
  await fail(1);
  expect(await attempt(right)).toMatchObject({ code: "AUTH_RATE_LIMITED" });
  expect(await attempt(right, "192.0.2.1", "device-token")).toBe(right);
});

test("another address is let in, another one of the same IPv6 network is not", async () => {
  const { attempt, fail } = limiter();
  await fail(10, "2001:db8::1");
  expect(await attempt(right, "192.0.2.2")).toBe(right);
  expect(await attempt(right, "2001:db8::2")).toMatchObject({ code: "AUTH_RATE_LIMITED" });
});

test("guesses sent at once count like guesses sent in a row", async () => {
  const { limit } = limiter();
  const checks = Array.from({ length: 30 }, (_, number) =>
    limit({ remoteAddress: "192.0.2.1", credential: "shared-secret" }, async () => (number === 29 ? right : wrong)),
  );
  const results = await Promise.all(checks);
  expect(results.filter((result) => result === wrong)).toHaveLength(10);
  expect(results.at(-1)).toMatchObject({ code: "AUTH_RATE_LIMITED" });
});

test("beyond 10,000 addresses strangers are refused and those already counted are not", async () => {
  const { clock, attempt, fail } = limiter();
  for (let number = 0; number < 10_000; number++) await fail(1, `10.0.${number >> 8}.${number & 255}`);
  await fail(1, "192.0.2.1");
  expect(await attempt(right, "192.0.2.2")).toMatchObject(limited(300_000));
  expect(await attempt(right, "10.0.0.1")).toBe(right);
  clock.advance(300_000);
  expect(await attempt(right, "192.0.2.2")).toBe(right);
});

test("a socket is refused with the time to wait, from loopback as well; one without a credential is not counted", async () => {
  await using started = await startGateway({ clock: manualClock() });
  const connect = (token?: string, remoteAddress = "127.0.0.1") =>
    openClient(started.gateway, { remoteAddress }).request("connect", {
      ...hello(""),
      auth: token === undefined ? {} : { token },
    });
  for (let time = 0; time < 20; time++) {
    expect(await connect()).toMatchObject({ error: { details: { code: "AUTH_TOKEN_MISSING" } } });
  }
  for (let time = 0; time < 10; time++) {
    expect(await connect("guess")).toMatchObject({ error: { details: { code: "AUTH_TOKEN_MISMATCH" } } });
  }
  expect(await connect("secret")).toMatchObject({
    error: {
      retryable: true,
      retryAfterMs: 300_000,
      details: { code: "AUTH_RATE_LIMITED", recommendedNextStep: "wait_then_retry" },
    },
  });
  await connectClient(started.gateway, "secret", undefined, { remoteAddress: "192.0.2.9" });
});

const models = (gateway: Gateway, secret: string, remoteAddress: string, headers: Record<string, string> = {}) =>
  gateway.fetch(
    new Request("http://127.0.0.1:18789/v1/models", { headers: { authorization: `Bearer ${secret}`, ...headers } }),
    { remoteAddress },
  );

test("HTTP and WebSocket count together", async () => {
  await using started = await startGateway({ clock: manualClock() });
  const { gateway } = started;
  for (let time = 0; time < 10; time++) expect((await models(gateway, "guess", "192.0.2.1")).status).toBe(401);
  const refused = await models(gateway, "secret", "192.0.2.1");
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe("300");
  const client = openClient(gateway, { remoteAddress: "192.0.2.1" });
  expect(await client.request("connect", hello("secret"))).toMatchObject({
    error: { details: { code: "AUTH_RATE_LIMITED" } },
  });
});

test("behind a trusted proxy the client is counted, not the proxy, and what the client claims is not believed", async () => {
  await using started = await startGateway({ clock: manualClock(), trustedProxies: ["10.0.0.1"] });
  const { gateway } = started;
  for (let time = 0; time < 10; time++) {
    const headers = { "x-forwarded-for": `192.0.2.${time}, 203.0.113.7` };
    expect((await models(gateway, "guess", "10.0.0.1", headers)).status).toBe(401);
  }
  expect((await models(gateway, "secret", "10.0.0.1", { "x-forwarded-for": "203.0.113.7" })).status).toBe(429);
  expect((await models(gateway, "secret", "10.0.0.1", { "x-forwarded-for": "203.0.113.8" })).status).toBe(200);
  expect((await models(gateway, "secret", "10.0.0.1")).status).toBe(200);
  const options = { remoteAddress: "10.0.0.1", headers: { "x-forwarded-for": "203.0.113.7" } };
  expect(await openClient(gateway, options).request("connect", hello("secret"))).toMatchObject({
    error: { details: { code: "AUTH_RATE_LIMITED" } },
  });
});

test("a restart gives nobody new guesses, and locks nobody out for longer", async () => {
  const clock = manualClock();
  await using started = await startGateway({ clock });
  for (let time = 0; time < 9; time++) await models(started.gateway, "guess", "192.0.2.1");
  for (let time = 0; time < 10; time++) await models(started.gateway, "guess", "192.0.2.2");
  for (let time = 0; time < 9; time++) await models(started.gateway, "guess", "192.0.2.3");
  expect((await models(started.gateway, "secret", "192.0.2.3")).status).toBe(200);
  clock.advance(10_000);

  // Another process counts its time from another beginning.
  const gateway = await started.restart({ clock: { ...clock, monotonicMs: () => clock.monotonicMs() + 5e9 } });
  const refused = await models(gateway, "secret", "192.0.2.2");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "290"]);
  expect((await models(gateway, "guess", "192.0.2.3")).status).toBe(401);
  expect((await models(gateway, "guess", "192.0.2.1")).status).toBe(401);
  expect((await models(gateway, "secret", "192.0.2.1")).status).toBe(429);
  clock.advance(300_000);
  for (const address of ["192.0.2.1", "192.0.2.2"]) expect((await models(gateway, "secret", address)).status).toBe(200);
});

test("a clock that was set back in between does not lengthen a lockout", async () => {
  const kept = [
    {
      key: "shared-secret 192.0.2.1",
      failedAt: [],
      lockedUntil: new Date("2036-01-01"),
      expiresAt: new Date("2036-01-01"),
    },
  ];
  const attempts = { load: async () => kept, keep: async () => {}, forget: async () => {} };
  const { attempt } = limiter({ attempts });
  expect(await attempt(right)).toMatchObject(limited(300_000));
});

test("a store that fails neither lets a guess through nor keeps the owner out", async () => {
  const fail = () => Promise.reject(new Error("disk full"));
  const { attempt, fail: guess } = limiter({ attempts: { load: fail, keep: fail, forget: fail } });
  await guess(9);
  expect(await attempt(right)).toBe(right);
  await guess(10);
  expect(await attempt(right)).toMatchObject({ code: "AUTH_RATE_LIMITED" });
});

test("the numbers are the owner's to choose", async () => {
  const { clock, attempt, fail } = limiter({ limits: { maxAttempts: 3, windowMs: 1_000, lockoutMs: 5_000 } });
  await fail(2);
  clock.advance(1_000);
  await fail(3);
  expect(await attempt(right)).toMatchObject(limited(5_000));
});

test("every failure is a record of the audit with where it came from, and without the credential", async () => {
  const records: [Action, Decision][] = [];
  const audit: Audit = {
    async intent(action, decision) {
      records.push([action, decision]);
      return { outcome: async () => {} };
    },
  };
  await using started = await startGateway({ clock: manualClock(), audit });
  for (let time = 0; time < 12; time++) await models(started.gateway, "my-secret-guess", "192.0.2.1");
  expect(records).toHaveLength(10);
  expect(records.at(-1)).toMatchObject([
    {
      type: "credential.check",
      principal: { scopes: [] },
      input: { remoteAddress: "192.0.2.1", code: "AUTH_TOKEN_MISMATCH", lockedOut: true },
    },
    { effect: "deny", rule: "gateway.auth" },
  ]);
  expect(records.filter(([{ input }]) => input["lockedOut"])).toHaveLength(1);
  expect(JSON.stringify(records)).not.toContain("my-secret-guess");
});

test("of a flood from many addresses the audit keeps the first thousand a minute, and says how many it left out", async () => {
  const inputs: Readonly<Record<string, unknown>>[] = [];
  const clock = manualClock();
  const record = createAuthAudit(
    {
      async intent({ input }) {
        inputs.push(input);
        return { outcome: async () => {} };
      },
    },
    clock,
    silentLogger,
  );
  const refused = { credential: "shared-secret", remoteAddress: "192.0.2.1", code: "AUTH_TOKEN_MISMATCH" } as const;
  for (let time = 0; time < 1_500; time++) await record({ ...refused, lockedOut: false });
  expect(inputs).toHaveLength(1_000);
  await record({ ...refused, lockedOut: true });
  expect(inputs.at(-1)).toMatchObject({ lockedOut: true, leftOut: 500 });
  clock.advance(60_000);
  await record({ ...refused, lockedOut: false });
  expect(inputs.at(-1)).toMatchObject({ leftOut: 0 });
});
