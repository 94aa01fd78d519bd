import type { ModelMessage, ToolSpec } from "@claw/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { demoModel } from "./demo-model.ts";

const tools: readonly ToolSpec[] = ["exec", "read", "write", "edit", "ls"].map((name) => ({
  name,
  description: name,
  inputSchema: { type: "object" },
}));

/** One step: what it says, and the call it asks for. */
async function step(messages: readonly ModelMessage[], offered = tools) {
  let text = "";
  let call: { id: string; tool: string; input: unknown } | undefined;
  const { signal } = new AbortController();
  for await (const event of demoModel().stream({ system: "", messages, tools: offered, signal })) {
    if (event.type === "text-delta") text += event.text;
    if (event.type === "tool-call") call = { id: event.id, tool: event.tool, input: event.input };
  }
  return { text, call };
}

/** Steps until it calls no tool; `answer` plays the tools. */
async function converse(
  request: string,
  answer: (tool: string, input: unknown) => { output: string; failed?: boolean },
) {
  const messages: ModelMessage[] = [{ role: "user", text: request }];
  const calls: { tool: string; input: unknown }[] = [];
  for (;;) {
    const { text, call } = await step(messages);
    const toolCalls = call === undefined ? [] : [call];
    messages.push({ role: "assistant", text, toolCalls, model: "demo/offline", stop: call ? "tool-calls" : "stop" });
    if (call === undefined)
      return { text, calls, ids: messages.flatMap((message) => ("toolCalls" in message ? message.toolCalls : [])) };
    calls.push({ tool: call.tool, input: call.input });
    messages.push({ role: "tool", callId: call.id, tool: call.tool, failed: false, ...answer(call.tool, call.input) });
  }
}

test("the CSV file in /workspace is read with head and summarized", async () => {
  const { text, calls } = await converse("Read the CSV file in /workspace and summarize the top 10 rows", () => ({
    output: "id,name,price\n1,Tea,3.5\n2,Coffee,4\n",
  }));
  expect(calls).toEqual([{ tool: "exec", input: { command: "head -n 11 /workspace/data.csv" } }]);
  expect(text).toContain("2 rows (all there are), 3 columns");
  expect(text).toContain("| price | 3.5 | 3.75 | 4 |");
  expect(text).toContain("`price` is highest for `Coffee` (4)");
  expect(text).toContain("offline demo");
});

test("a CSV file of another name is looked for", async () => {
  const { text, calls } = await converse("Read the CSV file in /workspace", (tool, input) => {
    if (tool === "ls") return { output: "notes.txt\nsales.csv 20 bytes" };
    return JSON.stringify(input).includes("sales")
      ? { output: "a,b\n1,2\n" }
      : { output: "No such file", failed: true };
  });
  expect(calls.map(({ input }) => input)).toEqual([
    { command: "head -n 11 /workspace/data.csv" },
    { path: "/workspace" },
    { command: "head -n 11 /workspace/sales.csv" },
  ]);
  expect(text).toContain("**`/workspace/sales.csv`**: 1 row");
});

test("without any CSV file it says so", async () => {
  const { text } = await converse("summarize the csv", (tool) => ({ output: "notes.txt", failed: tool === "exec" }));
  expect(text).toContain("I found no CSV file in `/workspace`.");
});

test("nine clauses take nine steps, one call each with an id of its own", async () => {
  const request = Array.from({ length: 9 }, (_, index) => `run \`echo ${index}\``).join(" then ");
  const { text, calls, ids } = await converse(request, (_, input) => ({
    output: (input as { command: string }).command.slice(5),
  }));
  expect(calls).toHaveLength(9);
  expect(new Set(ids.map(({ id }) => id)).size).toBe(9);
  expect(text).toContain("**9.** `echo 8` printed:\n\n```\n8\n```");
});

test("a failed step is told as it is, and nothing is built on it", async () => {
  const { text, calls } = await converse("show a.txt then run `rm a.txt`", () => ({
    output: "no such file",
    failed: true,
  }));
  expect(calls).toHaveLength(1);
  expect(text).toContain("I could not read `a.txt`:\n\n```\nno such file\n```");
  expect(text).toContain("I stopped there; 1 more to do.");
});

test("an unknown outcome is told as such and not tried again", async () => {
  const { text, calls } = await converse("run `make install`", () => ({
    output: "Outcome unknown: the gateway restarted.",
    failed: true,
  }));
  expect(calls).toHaveLength(1);
  expect(text).toContain("It is not known whether I could run `make install`");
});

test("a clause it does not understand is named among those it does", async () => {
  const { text } = await converse("run `date` then sing a song", () => ({ output: "Monday" }));
  expect(text).toContain('**2.** I did not understand "sing a song".');
});

test("anything else gets told what it is and how to connect a real model", async () => {
  const { text, call } = await step([{ role: "user", text: "What is the meaning of life?" }]);
  expect(call).toBeUndefined();
  expect(text).toContain("built-in offline demo");
  expect(text).toContain("ANTHROPIC_API_KEY");
  expect(text).toContain("openclaw.json");
});

test("a tool the agent does not have is not called", async () => {
  const { text, call } = await step([{ role: "user", text: "run `date`" }], []);
  expect(call).toBeUndefined();
  expect(text).toContain("I would need the tool `exec`");
});

test("the same transcript gets the same step, whatever it holds", async () => {
  const request = fc.record({ role: fc.constant("user" as const), text: fc.string() });
  const result = fc.record({
    role: fc.constant("tool" as const),
    callId: fc.string(),
    tool: fc.constantFrom("exec", "ls"),
    output: fc.string(),
    failed: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(request, result)), async (messages) => {
      expect(await step(messages)).toEqual(await step(structuredClone(messages)));
    }),
  );
});
