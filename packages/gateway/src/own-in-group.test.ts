import { fakeChannel } from "@claw/core/testing";
import { expect, test } from "vitest";
import { connectClient } from "./connect.fixture.ts";
import { startGateway } from "./gateway.fixture.ts";
import { lastText, scriptedAgent } from "./script.fixture.ts";

/** Says how many messages of people it was given. */
const agent = scriptedAgent(async function* ({ messages }) {
  yield `${messages.filter(({ role }) => role === "user").length}: ${lastText(messages)}`;
});

test("a session that a member has in a group is theirs: nobody else's words are in it, and they may start it over", async () => {
  const fake = fakeChannel();
  await using started = await startGateway({
    channels: [fake.channel],
    agents: [agent],
    router: ({ sender }) => ({ agent: "main", session: `agent:main:fake:group:team:sender:${sender.id}`, own: true }),
  });
  const from = { ...fake.address, peer: "team", kind: "group" } as const;
  let answered = Promise.withResolvers<string>();
  fake.onSend = (to, { text }) => answered.resolve(`${to.peer}: ${text}`);
  const say = async (who: string, text: string) => {
    answered = Promise.withResolvers();
    await fake.redeliver({ id: `${who}-${text}`, from, sender: { id: who }, text, addressed: true });
    return answered.promise;
  };
  expect(await say("ada", "hello")).toBe("team: 1: hello");
  expect(await say("bob", "hello too")).toBe("team: 1: hello too");
  expect(await say("ada", "again")).toBe("team: 2: again");
  expect(await say("ada", "/new")).toContain("Started over");
  expect(await say("ada", "third")).toBe("team: 1: third");
  expect(await say("bob", "more")).toBe("team: 2: more");
  const { payload } = await (await connectClient(started.gateway)).request("sessions.list");
  expect(payload).toMatchObject({
    sessions: [
      { key: "agent:main:fake:group:team:sender:bob", ownerId: "fake:bob", kind: "group" },
      { key: "agent:main:fake:group:team:sender:ada", ownerId: "fake:ada", kind: "group" },
    ],
  });
});
