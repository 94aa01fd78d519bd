import type { Address, Policy } from "@claw/core";
import { fakeChannel } from "@claw/core/testing";
import { expect, test } from "vitest";
import { connectClient } from "./connect.fixture.ts";
import { deploying, question } from "./deploying.fixture.ts";
import { startGateway } from "./gateway.fixture.ts";

/** A channel, and the next thing that it is sent. */
function listening() {
  const fake = fakeChannel();
  const said: string[] = [];
  let wake = (): void => {};
  fake.onSend = (_to: Address, { text }) => {
    said.push(text ?? "");
    wake();
  };
  const next = async (): Promise<string> => {
    while (said.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return said.shift() ?? "";
  };
  return { fake, next, said };
}

const days = {
  questionId: "days",
  header: "Days",
  question: "When?",
  options: [{ label: "Monday" }, { label: "Friday" }],
  multiSelect: true,
};

test.each([
  ["a number", "2", "Production"],
  ["an option's name", "staging", "Staging"],
  ["words of one's own", "my own server", "my own server"],
])("a question comes over the channel with numbered options, and %s answers it", async (_, reply, answer) => {
  const { fake, next, said } = listening();
  const { options } = deploying();
  await using _started = await startGateway({ ...options, channels: [fake.channel] });
  await fake.deliver("deploy");
  expect(await next()).toBe("Where to?\n1. Staging: first\n2. Production\n\nReply with a number or in your own words.");
  await fake.deliver(reply);
  expect(await next()).toBe(`${answer} (untrusted)`);
  expect(said).toEqual([]);
});

test("several questions are answered on a line each, and what is not is told so", async () => {
  const { fake, next } = listening();
  const { options } = deploying([question, days]);
  await using started = await startGateway({ ...options, channels: [fake.channel] });
  await fake.deliver("deploy");
  expect(await next()).toContain("2. Friday\n\nReply with 2 lines, one for each.");
  await fake.deliver("1");
  expect(await next()).toBe("I asked 2 questions: please answer each on a line of its own.");
  const client = await connectClient(started.gateway);
  const list = await client.request("question.list");
  await fake.deliver("1\n1, friday");
  expect(await next()).toBe("Staging (untrusted)");
  const [row] = (list.payload as unknown as { questions: readonly { id: string }[] }).questions;
  expect(await client.request("question.get", { id: row?.id })).toMatchObject({
    payload: { question: { answers: { answers: { target: ["Staging"], days: ["Monday", "Friday"] } } } },
  });
});

test("a reply that comes twice, also after a restart, answers once and begins nothing", async () => {
  const { fake, next, said } = listening();
  const { asked, options } = deploying();
  await using started = await startGateway({ ...options, channels: [fake.channel] });
  await fake.deliver("deploy");
  await next();
  await started.restart();
  await fake.redeliver({ id: "7", text: "2" });
  expect(await next()).toBe("Production (untrusted)");
  await fake.redeliver({ id: "7", text: "2" });
  await started.restart();
  await fake.redeliver({ id: "7", text: "2" });
  // Asked once before the restart and found again after it; the channel was told once.
  expect(asked()).toBe(2);
  await fake.deliver("hello");
  expect(await next()).toBe("hello");
  expect(said).toEqual([]);
});

test("who wrote over a channel is told at once when nobody may approve, and of nothing when somebody is there", async () => {
  const { fake, next } = listening();
  const { options } = deploying();
  const policy: Policy = ({ type }) =>
    type === "tool.call" ? { effect: "ask", rule: "test", reason: "because" } : { effect: "allow", rule: "test" };
  await using started = await startGateway({ ...options, policy, channels: [fake.channel] });
  await fake.deliver("deploy");
  expect(await next()).toBe(
    "I need an approval to go on, and nobody who may give it is there now. I wait for it. Without an answer within 30 minutes I go on without.",
  );
  const client = await connectClient(started.gateway);
  const deny = ({ id }: { readonly id: string }) => client.request("exec.approval.resolve", { id, decision: "deny" });
  const { payload: waiting } = await client.request("exec.approval.list");
  for (const row of waiting as unknown as readonly { id: string }[]) await deny(row);
  expect(await next()).toContain("owner said no");
  await fake.deliver("again");
  const { payload: asked } = await client.frame(({ event }) => event === "exec.approval.requested");
  await deny(asked as unknown as { id: string });
  expect(await next()).toContain("owner said no");
});
