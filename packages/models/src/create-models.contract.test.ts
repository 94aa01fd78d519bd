import { type ModelScenario, modelContract } from "@claw/core/testing";
import { test } from "vitest";
import { createModels } from "./create-models.ts";
import { type Answer, call, end, events, fakeServer, hello, status } from "./fixtures/fake-server.ts";

const answers: Readonly<Record<ModelScenario, Answer>> = {
  text: hello,
  tool: events(call(0, "exec", '{"command":"ls"}', "one"), end("tool_calls")),
  "two-tools": events(call(0, "exec", "{}", "same"), call(1, "exec", "{}", "same"), end("tool_calls")),
  failure: status(400, { error: { message: "no" } }),
  silence: () => {},
};

const cases = modelContract({
  async create(scenario) {
    const server = await fakeServer(answers[scenario]);
    return {
      model: await createModels({ providers: { fake: { baseUrl: server.baseUrl } }, default: "fake/model" }).resolve(
        "default",
      ),
      request: {
        system: "",
        messages: [{ role: "user", text: "Hi" }],
        tools: [{ name: "exec", description: "Runs a command.", inputSchema: { type: "object" } }],
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
});

for (const { name, run } of cases) test(name, run);
