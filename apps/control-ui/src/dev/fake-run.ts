import { setTimeout as delay } from "node:timers/promises";
import type { AgentEvent, ChatEvent, RunRow, TimelineSpan, ToolCallBlock } from "@claw/protocol";
import type { FakeSession } from "./fake-session.ts";
import { type Step, scriptFor } from "./script.ts";

export interface FakeRunOptions {
  readonly runId: string;
  readonly message: string;
  readonly session: FakeSession;
  readonly broadcast: (event: "chat" | "agent", payload: unknown) => void;
  readonly gate: () => Promise<void>;
  readonly signal: AbortSignal;
  /** Between two pieces of text. */
  readonly paceMs: number;
}

type Ending = "done" | "aborted" | "error";

/** Plays a script as a gateway would: the transcript grows with each finished step, events tell of every moment. */
export async function playRun(options: FakeRunOptions): Promise<void> {
  const { runId, message, session, broadcast, gate, signal, paceMs } = options;
  const { sessionKey, agentId } = session;
  const begunMs = performance.now();
  const run: Mutable<RunRow> = { runId, sessionKey, state: "running", acceptedAt: Date.now(), timeline: [] };
  let chatSeq = 0;
  let agentSeq = 0;
  let said = "";
  let step = "";

  const chat = (data: object): void => {
    chatSeq += 1;
    session.inFlight = { runId, text: said, seq: chatSeq };
    broadcast("chat", { runId, sessionKey, agentId, seq: chatSeq, ...data } as ChatEvent);
  };
  const agent = (stream: AgentEvent["stream"], data: object): void => {
    agentSeq += 1;
    broadcast("agent", { runId, sessionKey, agentId, seq: agentSeq, ts: Date.now(), stream, data });
  };
  const stage = async (name: TimelineSpan["stage"], label: string | undefined, work: () => unknown) => {
    const startMs = performance.now() - begunMs;
    try {
      await work();
    } finally {
      const durationMs = Math.round((performance.now() - begunMs - startMs) * 1_000) / 1_000;
      const span = { stage: name, startMs: Math.round(startMs * 1_000) / 1_000, durationMs, ...(label && { label }) };
      run.timeline = [...run.timeline, span];
      agent("timeline", { span });
    }
  };
  const pause = (milliseconds: number) => delay(milliseconds, undefined, { signal });

  const say = async (text: string): Promise<void> => {
    for (const piece of text.match(/\S*\s*/g) ?? []) {
      if (piece === "") continue;
      await pause(paceMs);
      said += piece;
      step += piece;
      chat({ state: "delta", deltaText: piece });
    }
  };

  const callTool = async (tool: Extract<Step, { kind: "tool" }>): Promise<void> => {
    const { name, args, output, exitCode, takesMs } = tool;
    const toolCallId = `${runId}-${agentSeq}`;
    const call: ToolCallBlock = { type: "toolCall", id: toolCallId, name, arguments: args };
    session.record({ role: "assistant", runId, content: [{ type: "text", text: step }, call], stopReason: "toolUse" });
    step = "";
    agent("tool", { name, toolCallId, phase: "start", args });
    await stage("decide", name, () => pause(1));
    await stage("sandbox", "rw workspace, network none", () => pause(paceMs * 2));
    const startedMs = performance.now();
    await stage("tool", `${name} ${(args as { command?: string }).command ?? ""}`, async () => {
      for (const chunk of output) {
        await pause(paceMs);
        agent("tool", { name, toolCallId, phase: "update", output: chunk });
      }
      await pause(takesMs);
    });
    const content = [{ type: "text", text: output.map(({ text }) => text).join("") }] as const;
    const details = { exitCode, durationMs: Math.round(performance.now() - startedMs) };
    const isError = exitCode !== 0;
    session.record({ role: "toolResult", runId, toolCallId, toolName: name, content, isError, details });
    await stage("record", name, () => pause(1));
    agent("tool", { name, toolCallId, phase: "result", isError, result: { content, details } });
  };

  const end = (state: Ending, failure?: string): void => {
    const content = [{ type: "text", text: step }] as const;
    const stopReason = state === "done" ? "stop" : state;
    const usage = { input: 1_184, output: 212, totalTokens: 1_396 };
    if (step !== "") session.record({ role: "assistant", runId, content, stopReason, usage, model: "demo" });
    Object.assign(run, { state, endedAt: Date.now() });
    if (failure !== undefined) run.error = { code: "MODEL_AUTH", message: failure };
    session.finish(run);
    const last = { role: "assistant", timestamp: Date.now(), content, stopReason };
    if (failure === undefined) chat({ state: state === "done" ? "final" : state, message: last, stopReason, usage });
    else chat({ state: "error", errorMessage: failure });
    delete session.inFlight;
    agent("lifecycle", { phase: "end", endedAt: Date.now() });
  };

  session.begin(run);
  try {
    await stage("accept", undefined, () => pause(1));
    await stage("journal", undefined, () => pause(2));
    await stage("prompt", undefined, () => pause(3));
    chat({ state: "status", phase: "starting_model" });
    for (const next of scriptFor(message)) {
      if (next.kind === "say") await stage("model", "offline demo", () => say(next.text));
      else if (next.kind === "tool") await callTool(next);
      else if (next.kind === "gate") await Promise.race([gate(), pause(60_000)]);
      else {
        end("error", next.message);
        return;
      }
    }
    await stage("deliver", undefined, () => pause(1));
    end("done");
  } catch {
    end("aborted");
  }
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
