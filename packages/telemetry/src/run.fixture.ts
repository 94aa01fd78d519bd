import { ClawError, type RunEvent } from "@claw/core";

const ref = { run: "run-1", session: "agent:main:main", agent: "main", owner: "owner" } as const;

/** A run as a gateway tells it: accepted, a model call that asks for a tool, the tool, the answer. */
export const run: readonly RunEvent[] = [
  { ...ref, type: "message-accepted", text: "SECRET QUESTION", sequence: 1 },
  { ...ref, type: "span", span: { stage: "accept", startMs: 0, durationMs: 1 } },
  { ...ref, type: "span", span: { stage: "model", startMs: 2, durationMs: 30, label: "openai/gpt-x" } },
  {
    ...ref,
    type: "turn-event",
    event: {
      type: "step",
      message: {
        role: "assistant",
        text: "SECRET ANSWER",
        toolCalls: [{ id: "call-1", tool: "exec", input: { command: "cat SECRET" } }],
        model: "openai/gpt-x",
        stop: "tool-calls",
        usage: { inputTokens: 120, outputTokens: 7 },
      },
    },
  },
  { ...ref, type: "span", span: { stage: "tool", startMs: 33, durationMs: 5, label: "exec cat SECRET" } },
  {
    ...ref,
    type: "tool-end",
    call: { id: "call-1", tool: "exec", input: { command: "cat SECRET" } },
    result: { output: "SECRET", failed: true },
    durationMs: 5,
  },
  {
    ...ref,
    type: "run-ended",
    outcome: {
      state: "error",
      text: "SECRET ANSWER",
      cut: false,
      inputTokens: 120,
      outputTokens: 7,
      error: new ClawError("MODEL_RATE_LIMITED", "SECRET"),
    },
  },
];
