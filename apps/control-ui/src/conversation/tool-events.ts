import type { AgentEvent, TextBlock } from "@claw/protocol";
import type { Conversation, LiveRun, OutputPiece, ToolCallState } from "./conversation.ts";
import { withTool } from "./spoken.ts";

/** Output kept of one call, in UTF-16 units: far more than anybody scrolls through. */
export const MAX_LIVE_OUTPUT = 100_000;

type Tools = Conversation["tools"];

/** Applies one `agent` event of a run. A repeat changes nothing. */
export function applyAgent(run: LiveRun, tools: Tools, event: AgentEvent): { run: LiveRun; tools: Tools } {
  if (event.seq <= run.agentSeq) return { run, tools };
  const next = { ...run, agentSeq: event.seq };
  if (event.stream === "timeline") return { run: { ...next, spans: [...run.spans, event.data.span] }, tools };
  if (event.stream !== "tool") return { run: next, tools };
  const { toolCallId: callId, name } = event.data;
  const call = tools.get(callId) ?? newCall(callId, name);
  return {
    run: { ...next, parts: withTool(run.parts, callId) },
    tools: new Map(tools).set(callId, applyTool(call, event.data)),
  };
}

function newCall(callId: string, name: string): ToolCallState {
  return { callId, name, args: undefined, state: "running", output: [], omitted: 0 };
}

function applyTool(call: ToolCallState, data: Extract<AgentEvent, { stream: "tool" }>["data"]): ToolCallState {
  switch (data.phase) {
    case "start":
      return { ...call, args: data.args };
    case "update":
      return { ...call, ...withOutput(call, data.output) };
    case "result": {
      const { content, details } = data.result;
      const state = data.isError ? "failed" : "done";
      return { ...call, state, result: joinText(content), ...(details && { details }) };
    }
  }
}

export function joinText(content: readonly TextBlock[]): string {
  return content.map((block) => block.text).join("\n");
}

function withOutput(call: ToolCallState, piece: OutputPiece): Pick<ToolCallState, "output" | "omitted"> {
  const last = call.output.at(-1);
  const output =
    last?.stream === piece.stream
      ? [...call.output.slice(0, -1), { ...last, text: last.text + piece.text }]
      : [...call.output, piece];
  return cutFront(output, call.omitted);
}

function cutFront(output: readonly OutputPiece[], omitted: number): Pick<ToolCallState, "output" | "omitted"> {
  let excess = output.reduce((total, { text }) => total + text.length, 0) - MAX_LIVE_OUTPUT;
  if (excess <= 0) return { output, omitted };
  const cut = excess;
  const kept = output.flatMap((piece) => {
    const text = piece.text.slice(Math.max(0, excess));
    excess -= piece.text.length;
    return text === "" ? [] : [{ ...piece, text }];
  });
  return { output: kept, omitted: omitted + cut };
}
