import { createClient } from "@claw/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../testing/cli.ts";
import { type RunningGateway, startGateway } from "../testing/gateway.ts";
import { version } from "../version.ts";

const session = "agent:default:questions";
let gateway: RunningGateway;
let client: ReturnType<typeof createClient>;
beforeAll(async () => {
  gateway = await startGateway();
  const { stdout } = await runCli(["token", "show"], { env: gateway.env });
  client = createClient({
    url: `ws://127.0.0.1:${gateway.port}`,
    token: stdout.trim(),
    scopes: ["operator.write", "operator.questions"],
    clientInfo: { id: "cli", mode: "cli", version, platform: process.platform },
  });
  await client.ready();
  await client.request("sessions.create", { key: session });
});
afterAll(async () => {
  client.close();
  await gateway[Symbol.asyncDispose]();
});

const claw = (...args: readonly string[]) => runCli(["questions", ...args], { env: gateway.env });

const target = {
  questionId: "target",
  header: "Target",
  question: "Where to?",
  options: [{ label: "Staging", description: "first" }, { label: "Production" }],
};
const when = {
  questionId: "days",
  header: "Days",
  question: "On which days?",
  options: [{ label: "Monday" }, { label: "Friday" }],
  multiSelect: true,
};

const ask = (id: string, ...questions: readonly (typeof target | typeof when)[]) =>
  client.request("question.request", { id, sessionKey: session, questions: [...questions] });
const answersOf = async (id: string) => (await client.request("question.get", { id })).question.answers?.answers;

test("says when nothing waits, and when there is no such question", async () => {
  expect(await claw()).toMatchObject({ exitCode: 0, stdout: "No question waits for an answer.\n" });
  const { exitCode, stderr } = await claw("answer", "nothing", "1");
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("no question nothing");
});

test("lists what waits, shows its options, answers it by number, and tells a second answer that it is over", async () => {
  await ask("first", target);
  expect((await claw("list")).stdout).toMatch(/first +Where to\? +1 Staging, 2 Production +default/);
  const shown = await claw("show", "first");
  expect(shown.stdout).toMatch(/question +Where to\?\n +1 +Staging: first\n +2 +Production\n/);
  expect(await claw("answer", "first", "2")).toMatchObject({ exitCode: 0, stdout: "Answered first.\n" });
  expect(await answersOf("first")).toEqual({ target: ["Production"] });
  const late = await claw("answer", "first", "1");
  expect(late.exitCode).not.toBe(0);
  expect(late.stderr).toContain("answered by owner");
});

test("several questions take an answer each, in words as well", async () => {
  await ask("second", target, when);
  const short = await claw("answer", "second", "1");
  expect(short).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("each of: Target, Days; found 1") });
  const answered = await claw("answer", "second", "my own server", "1,friday", "--json");
  const answers = { target: ["my own server"], days: ["Monday", "Friday"] };
  expect(JSON.parse(answered.stdout)).toEqual({ status: "answered", answers: { answers } });
});

test("skips", async () => {
  await ask("third", target);
  expect(await claw("skip", "third")).toMatchObject({ exitCode: 0, stdout: "Skipped third.\n" });
  expect(JSON.parse((await claw("list", "--json")).stdout)).toEqual([]);
});
