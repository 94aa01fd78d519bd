import type { Clock, AgentEvent as TurnEvent } from "@claw/core";
import type { AgentEvent, ChatEvent, LifecycleData, ToolData } from "@claw/protocol";
import type { Audiences } from "../audiences.ts";
import type { GatewayEvent, RunOutcome, RunRef } from "../events.ts";
import { isCutOff } from "../turn-end.ts";
import type { LiveRuns } from "./live-runs.ts";
import type { Peer } from "./peers.ts";
import { answerMessage } from "./wire-messages.ts";

type ChatState = ChatEvent extends infer Event
  ? Event extends ChatEvent
    ? Omit<Event, "runId" | "sessionKey" | "agentId" | "seq">
    : never
  : never;
type AgentStream = AgentEvent extends infer Event
  ? Event extends AgentEvent
    ? Pick<Event, "stream" | "data">
    : never
  : never;

/** Clients that show a delta only with all the text so far: it costs the text's length in every frame. */
const REDRAWING_CLIENTS: ReadonlySet<string> = new Set(["openclaw-tui"]);

export interface BroadcastOptions {
  readonly peers: ReadonlySet<Peer>;
  readonly live: LiveRuns;
  readonly audiences: Pick<Audiences, "maySee">;
  readonly clock: Clock;
  readonly sessionChanged: (session: string, reason: string) => void;
}

/** Turns gateway events into protocol events for every peer that may see them. */
export function createBroadcast({
  peers,
  live,
  audiences,
  clock,
  sessionChanged,
}: BroadcastOptions): (event: GatewayEvent) => void {
  const send = (
    ref: RunRef,
    name: "chat" | "agent",
    payload: () => object,
    droppable: boolean,
    wants: (peer: Peer) => boolean,
  ): void => {
    let json: string | undefined;
    for (const peer of peers) {
      if (!audiences.maySee(peer.principal, ref.session) || !wants(peer)) continue;
      json ??= JSON.stringify(payload());
      peer.sendEvent(name, json, droppable);
    }
  };

  const chat = (ref: RunRef, state: ChatState): void => {
    const seq = ++live.of(ref.run).chatSequence;
    const payload = { runId: ref.run, sessionKey: ref.session, agentId: ref.agent, seq, ...state };
    send(ref, "chat", () => payload, false, everyone);
  };

  const agent = (ref: RunRef, stream: AgentStream, droppable = false): void => {
    const seq = ++live.of(ref.run).agentSequence;
    const ts = clock.now().getTime();
    const payload = { runId: ref.run, sessionKey: ref.session, agentId: ref.agent, seq, ts, ...stream };
    send(ref, "agent", () => payload, droppable, stream.stream === "tool" ? followsTools : everyone);
  };

  const tool = (ref: RunRef, data: ToolData): void => agent(ref, { stream: "tool", data }, data.phase === "update");
  const lifecycle = (ref: RunRef, data: LifecycleData): void => agent(ref, { stream: "lifecycle", data });

  const flush = (ref: RunRef): void => {
    const run = live.peek(ref.run);
    if (run === undefined || run.unsent === "") return;
    const deltaText = run.unsent;
    run.unsent = "";
    const seq = ++run.chatSequence;
    const payload = { runId: ref.run, sessionKey: ref.session, agentId: ref.agent, seq, state: "delta", deltaText };
    const whole = () => ({ ...payload, message: answerMessage(run.text, clock.now().getTime()) });
    const redraws = ({ client }: Peer): boolean => REDRAWING_CLIENTS.has(client.id);
    send(
      ref,
      "chat",
      () => payload,
      true,
      (peer) => !redraws(peer),
    );
    send(ref, "chat", whole, true, redraws);
  };

  const delta = (ref: RunRef, text: string): void => {
    const run = live.of(ref.run);
    const first = run.text === "";
    const waiting = run.unsent !== "";
    run.text += text;
    run.unsent += text;
    // The first piece goes out at once; later ones that arrive together go out together.
    if (first) flush(ref);
    else if (!waiting) setImmediate(flush, ref);
  };

  const compaction = (ref: RunRef, event: TurnEvent & { readonly type: "compaction" }): void => {
    if (event.phase === "start") {
      chat(ref, { state: "status", phase: "preparing_context" });
      agent(ref, { stream: "compaction", data: { phase: "start", reason: event.reason } });
      return;
    }
    const { tokensBefore, tokensAfter } = event.message;
    agent(ref, { stream: "compaction", data: { phase: "end", completed: true, tokensBefore, tokensAfter } });
    sessionChanged(ref.session, "compact");
  };

  const turnEvent = (ref: RunRef, event: TurnEvent): void => {
    if (event.type === "text-delta") {
      delta(ref, event.text);
      return;
    }
    flush(ref);
    if (event.type === "warning")
      agent(ref, { stream: "run_status", data: { status: "warning", message: event.text } });
    if (event.type === "compaction") compaction(ref, event);
    if (event.type === "step") live.of(ref.run).text = "";
    if (event.type !== "model-start") return;
    lifecycle(ref, { phase: "model", model: event.model });
    const retry =
      event.retry === undefined ? {} : { retry: { attempt: 1, maxAttempts: 10, reason: "rate_limit" as const } };
    chat(ref, { state: "status", phase: "starting_model", ...retry });
  };

  return (event) => {
    switch (event.type) {
      case "message-accepted":
        return sessionChanged(event.session, event.reset ? "reset" : "message");
      case "run-started":
        return lifecycle(event, { phase: "start", startedAt: clock.now().getTime() });
      case "turn-event":
        return turnEvent(event, event.event);
      case "tool-start":
        return tool(event, {
          phase: "start",
          name: event.call.tool,
          toolCallId: event.call.id,
          args: event.call.input,
        });
      case "tool-progress":
        return tool(event, { phase: "update", name: event.tool, toolCallId: event.callId, output: event.chunk });
      case "tool-end": {
        const { output, failed, details } = event.result;
        const result = {
          content: [{ type: "text", text: output } as const],
          details: { ...details, durationMs: event.durationMs },
        };
        return tool(event, {
          phase: "result",
          name: event.call.tool,
          toolCallId: event.call.id,
          isError: failed,
          result,
        });
      }
      case "span":
        return agent(event, { stream: "timeline", data: { span: event.span } });
      case "run-ended": {
        flush(event);
        // It goes on at the next start, where its clients find it again.
        if (isCutOff(event.outcome)) return live.delete(event.run);
        const endedAt = clock.now().getTime();
        const { error } = event.outcome;
        chat(event, ending(event.outcome, endedAt));
        if (error === undefined)
          lifecycle(event, { phase: "end", endedAt, ...(event.outcome.state === "aborted" ? { aborted: true } : {}) });
        else lifecycle(event, { phase: "error", endedAt, error: error.message });
        live.delete(event.run);
        return sessionChanged(event.session, "run-ended");
      }
    }
  };
}

const everyone = (): boolean => true;
const followsTools = ({ caps }: Peer): boolean => caps.has("tool-events");

function ending(outcome: RunOutcome, timestamp: number): ChatState {
  const { error, state, cut, text, inputTokens, outputTokens, answeredBy } = outcome;
  // What another run said is shown once, with that one.
  const message = text === "" || answeredBy !== undefined ? {} : { message: answerMessage(text, timestamp) };
  if (error !== undefined)
    return { state: "error", errorMessage: error.message, errorKind: error.code, errorDetail: { code: error.code } };
  if (state === "aborted") return { state: "aborted", stopReason: "aborted", ...message };
  const usage = { input: inputTokens, output: outputTokens, totalTokens: inputTokens + outputTokens };
  return { state: "final", stopReason: cut ? "length" : "stop", usage, ...message };
}
