import type { Principal } from "@claw/core";
import { describe, expect, test } from "vitest";
import { hashPassword } from "../auth/password-hash.ts";
import { firstAccepting, sharedSecret } from "../auth.ts";
import { connectClient, openClient } from "../connect.fixture.ts";
import { testDevice } from "../device.fixture.ts";
import { echoAgent, startGateway } from "../gateway.fixture.ts";
import { converse } from "../methods/people.fixture.ts";
import { createPeople, type PeopleOptions } from "./people.ts";

const users = {
  ada: { name: "Ada", role: "member", token: "ada-token", identities: ["telegram:1"] },
  bob: { role: "member", password: "bob-password" },
  vic: { role: "viewer", token: "vic-token" },
  root: { role: "admin", token: "root-token" },
  cara: { role: "coders", token: "cara-token" },
} as const;
const options: PeopleOptions = {
  users,
  roles: { coders: { scopes: ["write"], agents: ["coder"] } },
  agents: { private: { owner: "ada", members: ["vic"] } },
};

const PASSWORD = "open: sesame";
const HASH = await hashPassword(PASSWORD);

const caller = { headers: new Headers(), remoteAddress: undefined, local: false } as never;

async function principalOf(secret: string, from = options): Promise<Principal> {
  const result = await createPeople(from).authenticate({ token: secret }, caller);
  if (!result.ok) throw new Error(result.code);
  return result.principal;
}

describe("users", () => {
  test("each is known by their own token or password, in whichever field it comes", async () => {
    const { authenticate } = createPeople(options);
    expect(await authenticate({ token: "ada-token" }, caller)).toMatchObject({
      ok: true,
      principal: { id: "ada", kind: "user", scopes: ["write"], role: "member" },
    });
    expect(await authenticate({ token: "bob-password" }, caller)).toMatchObject({ ok: true, principal: { id: "bob" } });
    expect(await authenticate({ password: "bob-password" }, caller)).toMatchObject({
      ok: true,
      principal: { id: "bob" },
    });
    expect(await authenticate({ token: "ada-tokem" }, caller)).toMatchObject({
      ok: false,
      code: "AUTH_TOKEN_MISMATCH",
    });
    expect(await authenticate({}, caller)).toMatchObject({ ok: false, missing: true });
  });

  test("the name of a credential says nothing about the secret and changes with it", async () => {
    const before = await principalOf("ada-token");
    const after = await principalOf("new", { ...options, users: { ...users, ada: { role: "member", token: "new" } } });
    expect(before.credential).toMatch(/^user:ada:[0-9a-f]{8}$/);
    expect(after.credential).not.toBe(before.credential);
    expect((await principalOf("ada-token")).credential).toBe(before.credential);
  });

  test("a user who says who they are is let in by their own secrets alone, of which one may be a hash", async () => {
    const hash = await hashPassword("sesame");
    const hal = { role: "member", token: "hal-token", password: hash };
    const { authenticate, current } = createPeople({ users: { ...users, hal } });
    const shown = async (user: string | undefined, secret: object) => {
      const result = await authenticate({ user, ...secret }, caller);
      return result.ok ? result.principal.id : result.code;
    };
    expect(await shown("hal", { password: "sesame" })).toBe("hal");
    expect(await shown("hal", { token: "hal-token" })).toBe("hal");
    expect(await shown("bob", { password: "bob-password" })).toBe("bob");
    for (const [user, password] of [
      ["hal", "Sesame"],
      ["hal", hash],
      ["hal", "bob-password"],
      ["bob", "sesame"],
      ["nobody", "sesame"],
      ["__proto__", "sesame"],
    ]) {
      expect(await shown(user, { password }), `${user} with ${password}`).toBe("AUTH_PASSWORD_MISMATCH");
    }
    // Without a name every hash would have to be worked out, for every guess.
    expect(await shown(undefined, { password: "sesame" })).toBe("AUTH_TOKEN_MISMATCH");
    expect(await shown(undefined, { password: hash })).toBe("AUTH_TOKEN_MISMATCH");
    const signedIn = await authenticate({ user: "hal", password: "sesame" }, caller);
    const { principal } = signedIn as { principal: Principal };
    expect(current(principal)).toEqual(principal);
    const changed = { ...hal, password: await hashPassword("sesame") };
    expect(createPeople({ users: { hal: changed } }).current(principal)).toBeUndefined();
  });

  test("one who is gone, or whose secret was changed, is nobody any more, by their devices as well", async () => {
    const ada = await principalOf("ada-token");
    const device = { ...ada, credential: "device:abc" };
    const changed = createPeople({ ...options, users: { ada: { role: "viewer", token: "new" } } });
    expect(changed.current(ada)).toBeUndefined();
    expect(changed.current(device)).toMatchObject({ id: "ada", scopes: [] });
    const gone = createPeople({ users: {} });
    expect([gone.current(ada), gone.current(device)]).toEqual([undefined, undefined]);
    expect(gone.current({ ...ada, id: "owner", credential: "device:abc" })).toMatchObject({ id: "owner" });
  });

  test("a connection that asked for less keeps it, and a role that grew gives it no more", async () => {
    const reading = { ...(await principalOf("ada-token")), scopes: ["read"] as const };
    const promoted = createPeople({ users: { ...users, ada: { ...users.ada, role: "admin" } } });
    expect(promoted.current(reading)?.scopes).toEqual(["read"]);
  });

  test("a built-in role can't be redefined", async () => {
    const widened = { ...options, roles: { viewer: { scopes: ["admin"] as const } } };
    expect((await principalOf("vic-token", widened)).scopes).toEqual(["read"]);
  });

  test("whoever writes on a channel under a user's identity is that user", () => {
    const { fromChannel } = createPeople(options);
    expect(fromChannel("telegram:1")).toMatchObject({ id: "ada", kind: "user", credential: "channel:telegram" });
    expect(fromChannel("telegram:2")).toBeUndefined();
  });
});

test.each([
  ["ada-token", ["main", "private"]],
  ["bob-password", ["main", "coder"]],
  ["vic-token", ["private"]],
  ["cara-token", ["coder"]],
  ["root-token", ["main", "coder", "private"]],
] as const)("%s: the agents of a role, and those kept for who it is", async (secret, expected) => {
  const principal = await principalOf(secret);
  const { mayUse } = createPeople({ ...options, agents: { ...options.agents, coder: { members: ["bob"] } } });
  expect(["main", "coder", "private"].filter((agent) => mayUse(principal, agent))).toEqual(expected);
});

test("a stranger on a channel may talk to the agents that are kept for nobody", () => {
  const { mayUse } = createPeople(options);
  const contact: Principal = {
    id: "telegram:9",
    kind: "contact",
    tenant: "local",
    scopes: ["write"],
    credential: "channel:telegram",
  };
  expect(mayUse(contact, "main")).toBe(true);
  expect(mayUse(contact, "private")).toBe(false);
});

describe("a gateway with users", () => {
  const start = (from = options, more: Parameters<typeof startGateway>[0] = {}) => {
    const people = createPeople(from);
    const agents = ["main", "coder", "private"].map((name) => ({ ...echoAgent, name }));
    return startGateway({
      ...more,
      agents: agents as [typeof echoAgent],
      people,
      authenticate: firstAccepting(sharedSecret("token", "secret"), people.authenticate),
    });
  };
  const everything = ["operator.admin", "operator.write", "operator.read"];

  test("each has a main session of their own, and none opens another's", async () => {
    await using started = await start();
    const owner = await connectClient(started.gateway, "secret", everything);
    const ada = await connectClient(started.gateway, "ada-token", everything);
    const bob = await connectClient(started.gateway, "bob-password", everything);
    for (const [client, word] of [
      [owner, "o"],
      [ada, "a"],
      [bob, "b"],
    ] as const)
      await converse(client, word, `run-${word}`);
    const history = async (client: typeof ada, sessionKey = "main") =>
      JSON.stringify((await client.request("chat.history", { sessionKey })).payload);
    expect(await history(ada)).toContain("you said: a");
    expect(await history(bob)).toContain("agent:main:main~bob");
    expect(await history(bob, "agent:main:main~ada")).not.toContain("you said: a");
    const keys = async (client: typeof ada) => {
      const { payload } = await client.request("sessions.list");
      return (payload as unknown as { sessions: { key: string }[] }).sessions.map(({ key }) => key).toSorted();
    };
    expect(await keys(ada)).toEqual(["agent:main:main~ada"]);
    expect(await keys(owner)).toEqual(["agent:main:main", "agent:main:main~ada", "agent:main:main~bob"]);
  });

  test("a user signs in with their password, as a device gets a token for it, and wrong ones are counted", async () => {
    const hashed = { ...options, users: { ...users, hal: { role: "member", password: HASH } } };
    await using started = await start(hashed, { authRateLimit: { maxAttempts: 2 } });
    const { connect } = testDevice();
    const open = { remoteAddress: "192.0.2.1" };
    const signIn = (user: string, password: string) =>
      connect(started.gateway, { auth: { user, password }, scopes: ["operator.write"], open });
    const hal = await signIn("hal", PASSWORD);
    expect(hal.answer).toMatchObject({ ok: true, payload: { auth: { userId: "hal", scopes: ["operator.write"] } } });
    const { deviceToken = "" } = hal.auth;
    expect((await connect(started.gateway, { auth: { deviceToken }, scopes: ["operator.read"] })).answer.ok).toBe(true);
    // The owner's own secret makes nobody somebody else.
    expect((await signIn("hal", "secret")).details).toMatchObject({ code: "AUTH_PASSWORD_MISMATCH" });
    expect((await signIn("owner", "secret")).answer).toMatchObject({ payload: { auth: { userId: "owner" } } });
    for (const guess of ["one", "two"]) await signIn("ada", guess);
    expect((await signIn("hal", PASSWORD)).details).toMatchObject({ code: "AUTH_RATE_LIMITED" });
  });

  test("over HTTP a user and a password are a Basic credential", async () => {
    await using started = await start({ ...options, users: { hal: { role: "viewer", password: HASH } } });
    const status = async (shown: string) => {
      const authorization = `Basic ${Buffer.from(shown).toString("base64")}`;
      const request = new Request("http://127.0.0.1/v1/models", { headers: { authorization } });
      return (await started.gateway.fetch(request)).status;
    };
    expect(await status(`hal:${PASSWORD}`)).toBe(200);
    expect(await status("owner:secret")).toBe(200);
    for (const wrong of [`ada:${PASSWORD}`, "hal:secret", `:${PASSWORD}`, PASSWORD, ""]) {
      expect(await status(wrong), wrong).toBe(401);
    }
  });

  test("a user's name over HTTP can't be written so that it is another person's", async () => {
    await using started = await start();
    const ask = async (token: string, user: string) => {
      const body = JSON.stringify({ model: "openclaw/main", input: "hi", user });
      const headers = { authorization: `Bearer ${token}` };
      const request = new Request("http://127.0.0.1/v1/responses", { method: "POST", headers, body });
      return (await started.gateway.fetch(request)).status;
    };
    expect(await ask("root-token", "main~ada~x")).toBe(200);
    expect(await ask("ada-token", "x")).toBe(200);
  });

  test("an agent outside reads as unknown, in every list and wherever it is named", async () => {
    await using started = await start();
    const cara = await connectClient(started.gateway, "cara-token", everything);
    for (const method of ["agents.list", "health", "status"]) {
      const answer = JSON.stringify((await cara.request(method)).payload);
      expect(answer, method).toContain('"coder"');
      expect(answer, method).not.toMatch(/"main"[^,]*"|private/);
    }
    const asked = { message: "hi", idempotencyKey: "k" };
    const outside = await cara.request("chat.send", { ...asked, sessionKey: "agent:private:x" });
    const nowhere = await cara.request("chat.send", { ...asked, sessionKey: "agent:nothere:x" });
    expect(outside.error).toEqual(nowhere.error);
    expect(outside.error?.message).toContain("agents: coder");
    const models = await started.gateway.fetch(
      new Request("http://127.0.0.1/v1/models", { headers: { authorization: "Bearer cara-token" } }),
    );
    expect((await models.json()).data.map(({ id }: { id: string }) => id)).toEqual(["openclaw", "openclaw/coder"]);
    expect((await cara.request("agent", asked)).payload).toMatchObject({ sessionKey: "agent:coder:main~cara" });
  });

  test("users are listed to admins, oneself to everybody else, and nobody's secret to anybody", async () => {
    await using started = await start();
    const ada = await connectClient(started.gateway, "ada-token", everything);
    await converse(ada, "hello", "one");
    const mine = await ada.request("users.list");
    expect(mine.payload).toEqual({
      users: [{ id: "ada", name: "Ada", role: "member", scopes: ["write"], sessions: 1 }],
    });
    const root = await connectClient(started.gateway, "root-token", everything);
    const all = JSON.stringify((await root.request("users.list")).payload);
    expect(all).toMatch(/"owner".*"ada".*"bob".*"vic".*"root".*"cara"/);
    expect(all).not.toMatch(/-token|-password/);
  });

  test("a user who was removed or changed is signed out at once, and nobody else", async () => {
    await using started = await start();
    const { gateway } = started;
    const ada = await connectClient(gateway, "ada-token", everything);
    const bob = await connectClient(gateway, "bob-password", everything);
    const cara = await connectClient(gateway, "cara-token", everything);
    const { ada: _, ...rest } = users;
    const people = createPeople({ ...options, users: { ...rest, bob: { ...users.bob, role: "viewer" } } });
    gateway.reconfigure({ people });
    expect(await ada.closed).toMatchObject({ code: 4001 });
    expect(await bob.closed).toMatchObject({ code: 4001 });
    expect((await cara.request("health")).ok).toBe(true);
    const again = openClient(gateway);
    const { token } = { token: "ada-token" };
    const refused = await again.request("connect", {
      minProtocol: 4,
      maxProtocol: 4,
      client: { id: "test", version: "1", platform: "linux", mode: "test" },
      auth: { token },
    });
    expect(refused.ok).toBe(false);
  });

  test("over HTTP the same name of a user of an application means one of each person's own", async () => {
    await using started = await start();
    const complete = async (token: string) => {
      const body = JSON.stringify({ model: "openclaw/main", messages: [{ role: "user", content: "hi" }], user: "u" });
      const headers = { authorization: `Bearer ${token}` };
      return (
        await started.gateway.fetch(
          new Request("http://127.0.0.1/v1/chat/completions", { method: "POST", headers, body }),
        )
      ).status;
    };
    expect([await complete("ada-token"), await complete("root-token"), await complete("secret")]).toEqual([
      200, 200, 200,
    ]);
    expect(await complete("vic-token")).toBe(403);
    expect(await complete("cara-token")).toBe(404);
  });
});
