import type { ApprovalHistory } from "@claw/protocol";
import { expect, test } from "vitest";
import type { Authenticate } from "./auth.ts";
import { connectClient, type TestClient } from "./connect.fixture.ts";
import { startGateway } from "./gateway.fixture.ts";
import { manualClock } from "./manual-clock.fixture.ts";
import { converse } from "./methods/people.fixture.ts";
import type { Gateway } from "./options.ts";

const DAY_MS = 24 * 60 * 60_000;
const session = { sessionKey: "agent:main:main" };

/** The token is the person's name, and everybody may approve what they see. */
const authenticate: Authenticate = ({ token = "" }) => ({
  ok: true,
  principal: { id: token, kind: "user", tenant: "local", scopes: ["write", "approvals"], credential: "test" },
});

const connectAs = (gateway: Gateway, name: string) =>
  connectClient(gateway, name, ["operator.write", "operator.approvals"]);

const ask = (client: TestClient, id: string) =>
  client.request("exec.approval.request", { id, command: `make ${id}`, twoPhase: true });
const answer = (client: TestClient, id: string, decision = "allow-once") =>
  client.request("exec.approval.resolve", { id, decision });
const history = async (client: TestClient): Promise<readonly string[]> => {
  const { payload } = await client.request("approval.history");
  return (payload as unknown as ApprovalHistory).items.map(({ id }) => id).toSorted();
};

test("who is let into a session is told what is asked there, and answers it when they may write", async () => {
  await using started = await startGateway({ authenticate });
  const { gateway } = started;
  const ada = await connectAs(gateway, "ada");
  await converse(ada, "hello", "one");
  await ada.request("session.members.add", { ...session, memberId: "bob" });
  await ada.request("session.members.add", { ...session, memberId: "cleo", access: "write" });
  const [bob, cleo, eve] = await Promise.all(["bob", "cleo", "eve"].map((name) => connectAs(gateway, name)));
  if (bob === undefined || cleo === undefined || eve === undefined) throw new Error("not connected");
  await ask(ada, "install");

  for (const client of [ada, bob, cleo]) await client.frame(({ event }) => event === "exec.approval.requested");
  for (const client of [ada, bob, cleo]) expect(await history(client)).toEqual(["install"]);
  expect(await history(eve)).toEqual([]);
  for (const client of [bob, eve]) {
    expect(await answer(client, "install")).toMatchObject({ error: { code: "APPROVAL_NOT_FOUND" } });
  }
  expect(await answer(cleo, "install")).toMatchObject({ payload: { resolvedBy: "cleo" } });
  for (const client of [ada, bob, cleo]) {
    const { payload } = await client.frame(({ event }) => event === "exec.approval.resolved");
    expect(payload).toMatchObject({ id: "install", resolvedBy: "cleo" });
  }
  expect(eve.frames.filter(({ event }) => event?.startsWith("exec.approval"))).toEqual([]);
});

test("nobody asks the people of a session for an approval who may not write there", async () => {
  await using started = await startGateway({ authenticate });
  const ada = await connectAs(started.gateway, "ada");
  await converse(ada, "hello", "one");
  await ada.request("session.members.add", { ...session, memberId: "bob" });
  await ada.request("session.members.add", { ...session, memberId: "cleo", access: "write" });
  const askIn = async (name: string) =>
    (await connectAs(started.gateway, name)).request("exec.approval.request", {
      ...{ id: name, command: "make", twoPhase: true },
      ...session,
    });
  for (const name of ["bob", "eve"]) {
    expect(await askIn(name)).toMatchObject({
      error: { code: "FORBIDDEN", message: expect.stringContaining("not yours") },
    });
  }
  expect(await askIn("cleo")).toMatchObject({ payload: { id: "cleo", status: "accepted" } });
  expect(await history(ada)).toEqual(["cleo"]);
});

test("who may only read is nobody to wait for", async () => {
  await using started = await startGateway({ authenticate });
  const ada = await connectAs(started.gateway, "ada");
  await converse(ada, "hello", "one");
  await ada.request("session.members.add", { ...session, memberId: "bob" });
  await connectAs(started.gateway, "bob");
  const lonely = await ada.request("exec.approval.request", { id: "install", command: "make" });
  expect(lonely).toMatchObject({ payload: { id: "install", decision: null } });
});

test("of one person no more than 50 wait; the next is refused until one of them is answered, also after a restart", async () => {
  await using started = await startGateway();
  const before = await connectClient(started.gateway);
  for (let count = 0; count < 49; count++) await ask(before, `a${count}`);
  const client = await connectClient(await started.restart());
  // At once, so that none of them is in the store when the next is counted.
  const [last, refused] = await Promise.all([ask(client, "last"), ask(client, "late")]);
  expect(last.ok).toBe(true);
  expect(refused).toMatchObject({
    error: {
      code: "UNAVAILABLE",
      message: expect.stringContaining("50 things wait"),
      details: { code: "GATEWAY_BUSY" },
    },
  });
  await answer(client, "a0");
  expect((await ask(client, "late")).ok).toBe(true);
});

test("what was answered is forgotten after thirty days, but for an allow-always, which still counts", async () => {
  const clock = manualClock();
  await using started = await startGateway({ clock });
  const before = await connectClient(started.gateway);
  for (const id of ["once", "always"]) {
    await ask(before, id);
    await answer(before, id, `allow-${id}`);
  }
  clock.advance(29 * DAY_MS);
  const later = await connectClient(started.gateway);
  await ask(later, "second");
  await answer(later, "second");
  expect(await history(later)).toEqual(["always", "once", "second"]);
  clock.advance(2 * DAY_MS);
  const last = await connectClient(started.gateway);
  // Written after what the clock has begun.
  await ask(last, "third");
  expect(await history(last)).toEqual(["always", "second", "third"]);
});
