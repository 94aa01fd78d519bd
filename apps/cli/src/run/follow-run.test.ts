import { dirname } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "../connect.ts";
import { type RunningGateway, startGateway } from "../testing/gateway.ts";
import { followRun } from "./follow-run.ts";

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
}, 60_000);
afterAll(() => gateway[Symbol.asyncDispose]());

test("a message that was read in another turn is reported with the answer of that turn", async () => {
  const where = { stateDir: dirname(gateway.configPath), port: String(gateway.port) };
  using link = await connect(where, { scopes: ["operator.write"] });
  const { client } = link;
  const sessionKey = "agent:default:busy";
  const working = Promise.withResolvers<void>();
  const ask = (message: string) => followRun(link, { sessionKey, message }, { onToolStart: () => working.resolve() });
  const busy = ask("run `sleep 60`");
  await working.promise;
  await client.request("sessions.patch", { key: sessionKey, queueMode: "collect" });
  const [first, second] = [ask("what can you do?"), ask("hello")];
  for (let waiting = 0; waiting < 3; ) {
    const { sessionInfo } = await client.request("chat.history", { sessionKey, limit: 1 });
    waiting = sessionInfo.activeRunIds.length;
  }
  await busy.abort();
  const [answer, shared] = await Promise.all([first.ended, second.ended]);
  expect(answer).toMatchObject({ state: "done", text: expect.stringMatching(/demo/) });
  expect(shared).toMatchObject({ state: "done", text: answer.text, runId: second.runId });
}, 60_000);
