import type { AgentEvent, HistoryMessage } from "@claw/protocol";
import { expect, test } from "vitest";
import { newRun } from "./chat-events.ts";
import type { LiveRun, ToolCallState } from "./conversation.ts";
import { recordedTurns, withMessages } from "./record.ts";
import { applyAgent, MAX_LIVE_OUTPUT } from "./tool-events.ts";

const tool = (seq: number, data: object): AgentEvent =>
  ({
    runId: "r1",
    sessionKey: "s",
    agentId: "main",
    ts: 0,
    seq,
    stream: "tool",
    data: { name: "exec", toolCallId: "c1", ...data },
  }) as AgentEvent;
const prints = (seq: number, stream: "stdout" | "stderr", text: string) =>
  tool(seq, { phase: "update", output: { stream, text } });

function play(events: readonly AgentEvent[]): { readonly run: LiveRun; readonly call: ToolCallState | undefined } {
  let state = { run: newRun("r1", 0), tools: new Map<string, ToolCallState>() as ReadonlyMap<string, ToolCallState> };
  for (const event of events) state = applyAgent(state.run, state.tools, event);
  return { run: state.run, call: state.tools.get("c1") };
}

test("output is kept in order with its streams told apart, and repeats add nothing", () => {
  const start = tool(1, { phase: "start", args: { command: "make" } });
  const events = [start, prints(2, "stdout", "a"), prints(3, "stdout", "b"), prints(4, "stderr", "c")];
  const { run, call } = play([...events, ...events]);
  expect(call?.output).toEqual([
    { stream: "stdout", text: "ab" },
    { stream: "stderr", text: "c" },
  ]);
  expect(run.parts).toEqual([{ kind: "tool", callId: "c1" }]);
});

test("endless output keeps its end and says how much went", () => {
  const line = "x".repeat(MAX_LIVE_OUTPUT / 2);
  const { call } = play([prints(1, "stdout", `first${line}`), prints(2, "stderr", line), prints(3, "stderr", "last")]);
  expect(call?.output.map(({ text }) => text).join("")).toHaveLength(MAX_LIVE_OUTPUT);
  expect(call?.output.at(-1)?.text.endsWith("last")).toBe(true);
  expect(call?.omitted).toBe("first".length + "last".length);
});

test("a result ends the call with its details", () => {
  const result = { content: [{ type: "text", text: "boom" }], details: { exitCode: 2 } };
  const { call } = play([tool(1, { phase: "result", isError: true, result })]);
  expect(call).toMatchObject({ state: "failed", result: "boom", details: { exitCode: 2 } });
});

test("a recorded result belongs to its call, and one without a call still shows", () => {
  const mark = (seq: number) => ({ id: `m${seq}`, seq, kind: "message" }) as const;
  const result = (seq: number, toolCallId: string): HistoryMessage => ({
    role: "toolResult",
    runId: "r1",
    timestamp: 0,
    toolCallId,
    toolName: "exec",
    content: [{ type: "text", text: toolCallId }],
    isError: false,
    __openclaw: mark(seq),
  });
  const call: HistoryMessage = {
    role: "assistant",
    runId: "r1",
    timestamp: 0,
    content: [{ type: "toolCall", id: "c1", name: "exec", arguments: { command: "ls" } }],
    __openclaw: mark(1),
  };
  const [turn] = recordedTurns(withMessages(new Map(), [result(3, "c2"), call, result(2, "c1")]));
  expect(turn?.parts).toMatchObject([
    { kind: "tool", call: { callId: "c1", args: { command: "ls" }, state: "done", result: "c1" } },
    { kind: "tool", call: { callId: "c2", state: "done", result: "c2" } },
  ]);
});
