import { modelContract } from "@claw/core/testing";
import { test } from "vitest";
import { demoModel } from "./demo-model.ts";

const cases = modelContract({
  create: async (scenario) => ({
    model: demoModel(),
    request: {
      system: "",
      messages: [{ role: "user", text: scenario === "tool" ? "run `date`" : "hello" }],
      tools: [{ name: "exec", description: "Runs a command.", inputSchema: { type: "object" } }],
    },
    [Symbol.asyncDispose]: async () => {},
  }),
  skip: {
    "tool calls of one step have different ids": "it asks for one tool a step",
    "a failure is the end of the stream, never thrown": "it has nothing that can fail",
    "a signal that fires in silence ends the stream as aborted": "it is never silent",
  },
});

for (const { name, skip, run } of cases) test(name, (context) => (skip === undefined ? run() : context.skip(skip)));
