import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { GatewayClient } from "@claw/client";
import { expect, test } from "vitest";
import { historyOf, send, settled } from "./harness/chat.ts";
import { linesOf } from "./harness/directory.ts";
import type { Answer } from "./harness/fake-model.ts";
import { createScene } from "./harness/scene.ts";

const SESSIONS = 20;
const MESSAGES = 2;
const KILLS = 5;

const runs = Array.from({ length: SESSIONS * MESSAGES }, (_, index) => `run-${index}`);
const sessionOf = (run: string): string => `session-${Number(run.slice("run-".length)) % SESSIONS}`;

/** Two tool calls that leave a mark, each in a file of its own since appending is not atomic in every sandbox; then the answer: all of it told from the request alone, as a model does. */
const work: Answer = ({ body: { messages } }) => {
  const lastUser = messages.findLastIndex(({ role }) => role === "user");
  const run = String(messages[lastUser]?.content);
  const done = messages.slice(lastUser).filter(({ role }) => role === "tool").length;
  return done < 2
    ? [{ text: "working" }, { tool: "exec", input: { command: `echo made >> ${run}.${done}.mark` } }]
    : [{ text: `${run} is done` }];
};

/** Numbers below `limit` that a seed repeats (mulberry32). */
function seeded(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

test(`${runs.length} turns in ${SESSIONS} sessions end once each, however often the gateway is killed`, async () => {
  const seed = Number(process.env["CLAW_TEST_SEED"] ?? Date.now() % 1_000_000);
  console.log(`CLAW_TEST_SEED=${seed}`);
  const random = seeded(seed);
  await using given = await createScene(
    [work],
    { agents: { defaults: { model: "fake/scripted", maxRecoveries: KILLS } } },
    ["--no-safe-mode"],
  );
  const accepted = new Set<string>();
  const sendAll = (client: GatewayClient): Promise<unknown> =>
    Promise.allSettled(
      runs.map(async (run) => {
        await send(client, run, run, sessionOf(run));
        accepted.add(run);
      }),
    );

  for (let kill = 0; kill < KILLS; kill++) {
    const requestsLeft = 1 + random((runs.length * 3) / KILLS);
    await given.killedAfter(async ({ client }) => {
      const moment = given.model.request(given.model.requests.length + requestsLeft);
      void sendAll(client);
      await moment;
    });
  }

  await using restarted = await given.open();
  const { client } = restarted;
  for (const run of accepted) expect(await settled(client, run), run).toBe("ok");
  await sendAll(client);
  expect(accepted.size).toBe(runs.length);
  for (const run of runs) expect(await settled(client, run), run).toBe("ok");

  const workspace = join(given.stateDir, "workspace");
  const marks = (await readdir(workspace)).filter((name) => name.endsWith(".mark"));
  for (const mark of marks) expect((await linesOf(join(workspace, mark))).length, mark).toBeLessThan(2);
  for (const session of new Set(runs.map(sessionOf))) {
    const history = await historyOf(client, session);
    const mine = runs.filter((run) => sessionOf(run) === session);
    const saidByUser = history.filter((line) => line.startsWith("user: "));
    const answers = history.filter((line) => line.endsWith(" is done"));
    expect(saidByUser.toSorted()).toEqual(mine.map((run) => `user: ${run}`).toSorted());
    expect(answers, "answered in the order asked").toEqual(
      saidByUser.map((line) => line.replace("user: ", "assistant: ").concat(" is done")),
    );
    const results = history.filter((line) => line.startsWith("toolResult: "));
    expect(results).toHaveLength(mine.length * 2);
    const unknown = results.filter((line) => line.includes("Outcome unknown")).length;
    const made = marks.filter((mark) => mine.some((run) => mark.startsWith(`${run}.`))).length;
    expect(made, "a call is made, or its outcome is unknown").toBeGreaterThanOrEqual(results.length - unknown);
  }
});
