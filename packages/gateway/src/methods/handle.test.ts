import { methods as table } from "@claw/protocol";
import { expect, test } from "vitest";
import { configFile } from "../config-file.fixture.ts";
import { connectClient, hello, openClient } from "../connect.fixture.ts";
import { echoAgent, startGateway } from "../gateway.fixture.ts";

const noModels = { list: () => [], resolve: () => Promise.reject(new Error("there is no model")) };

async function advertised(options: Parameters<typeof startGateway>[0]): Promise<readonly string[]> {
  await using running = await startGateway(options);
  const answer = await openClient(running.gateway).request("connect", hello("secret"));
  const { features } = (answer as unknown as { payload: { features: { methods: string[] } } }).payload;
  return features.methods;
}

test("hello lists a method exactly when what it works on is there", async () => {
  const bare = await advertised({});
  const whole = await advertised({ models: noModels, config: configFile() });
  expect(bare).toContain("chat.send");
  expect(bare).not.toContain("models.list");
  expect(bare).not.toContain("config.get");
  expect(whole).toEqual(expect.arrayContaining([...bare, "models.list", "config.get"]));
});

test("a method that is not listed says why it can't be called, one that is listed can be", async () => {
  await using running = await startGateway();
  const listed = await advertised({});
  const client = await connectClient(running.gateway);
  for (const [method, { example }] of Object.entries(table)) {
    const { ok, error } = await client.request(method, example);
    const absent = ok === false && error?.message.includes("composed without");
    expect([method, absent]).toEqual([method, !listed.includes(method)]);
  }
});

test("an agent is listed under what people call it, with what it is good at beside", async () => {
  const writer = { ...echoAgent, name: "writer", displayName: "Wanda", description: "Writes letters" };
  await using running = await startGateway({ agents: [{ ...echoAgent, description: "Echoes" }, writer] });
  const { payload } = await (await connectClient(running.gateway)).request("agents.list");
  expect(payload).toMatchObject({
    agents: [
      { id: "main", name: "main", description: "Echoes" },
      { id: "writer", name: "Wanda", description: "Writes letters" },
    ],
  });
});
