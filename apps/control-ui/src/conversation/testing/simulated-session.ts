import type { AgentEvent, ChatEvent, ChatHistory, HistoryMessage } from "@claw/protocol";

/** What one turn does, step by step. */
export interface Script {
  readonly runId: string;
  readonly question: string;
  /** Text pieces of each step; all but the last step call a tool. */
  readonly steps: readonly (readonly string[])[];
  readonly end: "final" | "aborted" | "error";
}

export type Emitted =
  | { readonly type: "chat"; readonly event: ChatEvent }
  | { readonly type: "agent"; readonly event: AgentEvent };

export interface SimulatedSession {
  readonly sessionKey: string;
  /** Plays the next moment of the session; what a connected client would get. `undefined` when all is said. */
  advance(): readonly Emitted[] | undefined;
  history(): ChatHistory;
}

/**
 * A session as a gateway keeps it: a transcript that grows with each finished step, and events as things happen.
 * Its `inFlightRun` holds the words of the whole run, or those of the step going on.
 */
export function simulateSession(scripts: readonly Script[], inFlightOf: "run" | "step"): SimulatedSession {
  const sessionKey = "agent:main:main";
  const messages: HistoryMessage[] = [];
  let inFlight: { runId: string; text: string; seq: number } | undefined;
  const moments = scripts.flatMap(momentsOf);

  function record(message: DistributiveOmit<HistoryMessage, "timestamp" | "__openclaw">): void {
    const seq = messages.length + 1;
    messages.push({ ...message, timestamp: seq, __openclaw: { id: `m${seq}`, seq, kind: "message" } });
  }

  function momentsOf({ runId, question, steps, end }: Script): readonly (() => readonly Emitted[])[] {
    const base = { runId, sessionKey, agentId: "main" };
    let chatSeq = 0;
    let agentSeq = 0;
    let text = "";
    const chat = (data: object): Emitted => {
      chatSeq += 1;
      if (inFlight) inFlight = { ...inFlight, text, seq: chatSeq };
      return { type: "chat", event: { ...base, seq: chatSeq, ...data } as ChatEvent };
    };
    const tool = (toolCallId: string, data: object): Emitted => {
      agentSeq += 1;
      const fields = { seq: agentSeq, ts: 0, stream: "tool", data: { name: "exec", toolCallId, ...data } };
      return { type: "agent", event: { ...base, ...fields } as AgentEvent };
    };
    const begin = () => {
      record({ role: "user", runId, content: [{ type: "text", text: question }] });
      inFlight = { runId, text: "", seq: 0 };
      return [chat({ state: "status", phase: "starting_model" })];
    };
    const stepMoments = steps.flatMap((pieces, index) => {
      const isLast = index === steps.length - 1;
      const callId = `${runId}-call${index}`;
      const said = pieces.join("");
      const says = pieces.map((piece) => () => {
        text += piece;
        return [chat({ state: "delta", deltaText: piece })];
      });
      const call = () => {
        const block = { type: "toolCall", id: callId, name: "exec", arguments: { command: "ls" } } as const;
        record({ role: "assistant", runId, content: [{ type: "text", text: said }, block], stopReason: "toolUse" });
        if (inFlightOf === "step") text = "";
        if (inFlight) inFlight = { ...inFlight, text };
        return [tool(callId, { phase: "start", args: { command: "ls" } })];
      };
      const print = () => [tool(callId, { phase: "update", output: { stream: "stdout", text: "a.txt\n" } })];
      const result = () => {
        const content = [{ type: "text", text: "a.txt\n" }] as const;
        record({ role: "toolResult", runId, toolCallId: callId, toolName: "exec", content, isError: false });
        return [tool(callId, { phase: "result", isError: false, result: { content } })];
      };
      const finish = () => {
        const message = { role: "assistant", timestamp: 0, content: [{ type: "text", text: said }] } as const;
        record({ ...message, runId, stopReason: end === "final" ? "stop" : end });
        const data = end === "error" ? { errorMessage: "The model failed." } : { message };
        const ending = chat({ state: end, ...data });
        inFlight = undefined;
        return [ending];
      };
      return isLast ? [...says, finish] : [...says, call, print, result];
    });
    return [begin, ...stepMoments];
  }

  return {
    sessionKey,
    advance: () => moments.shift()?.(),
    history() {
      const activeRunIds = inFlight === undefined ? [] : [inFlight.runId];
      return {
        sessionKey,
        sessionId: "s1",
        messages: [...messages],
        hasMore: false,
        sessionInfo: { hasActiveRun: inFlight !== undefined, activeRunIds },
        ...(inFlight !== undefined && (inFlightOf === "step" || inFlight.text !== "") && { inFlightRun: inFlight }),
      };
    },
  };
}

type DistributiveOmit<Type, Key extends PropertyKey> = Type extends unknown ? Omit<Type, Key> : never;
