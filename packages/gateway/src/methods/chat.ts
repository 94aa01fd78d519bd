import { type Entry, inReadingOrder, type Principal, type Run } from "@claw/core";
import type { ChatHistory, ChatSendAck, Params } from "@claw/protocol";
import type { LiveRun } from "../connection/live-runs.ts";
import { historyMessage, sequenceOf } from "../connection/wire-messages.ts";
import { runsSeen, runsStoppable } from "./active-runs.ts";
import type { Handlers, MethodDeps } from "./context.ts";
import { queueModeNamed } from "./queue-mode.ts";
import { sessionOf } from "./session-of.ts";
import { turnSettings } from "./session-settings.ts";
import { submit } from "./submit.ts";

const DEFAULT_LIMIT = 200;

export function chatMethods(
  deps: MethodDeps,
): Pick<Handlers, "chat.send" | "chat.history" | "chat.message.get" | "chat.abort"> {
  const { store, runs, clock } = deps;
  return {
    async "chat.send"(params, { principal, receivedMs }): Promise<ChatSendAck> {
      const { message: text, sessionKey, agentId, idempotencyKey, attachments } = params;
      const literal = params.suppressCommandInterpretation;
      const queue = queueModeNamed(params.queueMode);
      const settings = turnSettings(params);
      const message = { text, sessionKey, agentId, idempotencyKey, attachments, literal, queue, settings };
      const { run, repeat } = await submit(deps, principal, message, receivedMs);
      const serverTiming = { receivedToAckMs: clock.monotonicMs() - receivedMs };
      if (!repeat) return { runId: run, status: "started", serverTiming };
      const state = runs.get(run) === undefined ? (await store.as(principal).runs.get(run))?.state : "running";
      return { runId: run, status: statusOf(state), serverTiming };
    },

    async "chat.history"(params, { principal }) {
      return chatHistory(deps, params, principal);
    },

    async "chat.message.get"({ sessionKey, agentId, messageId, maxChars }, { principal }) {
      const { session } = sessionOf(deps, sessionKey, agentId);
      const sequence = sequenceOf(session, messageId);
      const read = { before: sequence + 1, limit: 1, superseded: true };
      const [entry] = sequence > 0 ? await store.as(principal).transcript.read(session, read) : [];
      if (entry?.sequence !== sequence) return { ok: false, unavailableReason: "not_found" };
      return { ok: true, message: historyMessage(entry, maxChars) };
    },

    async "chat.abort"(params, { principal }) {
      const { session } = sessionOf(deps, params.sessionKey, params.agentId);
      const stoppable = await runsStoppable(deps, principal, session);
      const aborted = stoppable.filter((run) => params.runId === undefined || run.run === params.runId);
      for (const run of aborted) run.controller.abort();
      // Told to stop is stopped for good: no restart takes it up again once this is answered.
      await store.as(principal).runs.stop(
        session,
        aborted.map(({ run }) => run),
      );
      return { ok: true, aborted: aborted.length > 0, runIds: aborted.map((run) => run.run) };
    },
  };
}

/** A page of a session's history, with what its active run has said so far. */
export async function chatHistory(
  deps: MethodDeps,
  params: Params<"chat.history">,
  principal: Principal,
): Promise<ChatHistory> {
  const { live } = deps;
  const { limit = DEFAULT_LIMIT, offset = 0, maxChars } = params;
  const { session } = sessionOf(deps, params.sessionKey, params.agentId);
  const entries = await page(deps, principal, session, limit, offset);
  const active = await runsSeen(deps, principal, session);
  const running = active
    .map((run) => ({ run: run.run, live: live.peek(run.run) }))
    .find((run) => run.live !== undefined);
  const more = entries.length === limit && entries[0]?.sequence !== 1;
  return {
    sessionKey: session,
    sessionId: session,
    messages: inReadingOrder(entries).map((entry) => historyMessage(entry, maxChars)),
    hasMore: more,
    ...(more ? { nextOffset: offset + limit } : {}),
    sessionInfo: { hasActiveRun: active.length > 0, activeRunIds: active.map((run) => run.run) },
    ...(running?.live === undefined
      ? {}
      : { inFlightRun: { runId: running.run, text: sentText(running.live), seq: running.live.chatSequence } }),
  };
}

function statusOf(state: Run["state"] | undefined): ChatSendAck["status"] {
  if (state === "queued" || state === "running") return "in_flight";
  return state === "error" ? "error" : "ok";
}

async function page(
  { store }: MethodDeps,
  principal: Parameters<MethodDeps["store"]["as"]>[0],
  session: string,
  limit: number,
  offset: number,
): Promise<readonly Entry[]> {
  const { transcript } = store.as(principal);
  if (offset === 0) return transcript.read(session, { limit });
  const [newest] = await transcript.read(session, { limit: 1 });
  if (newest === undefined) return [];
  return transcript.read(session, { limit, before: newest.sequence + 1 - offset });
}

/** What the events up to the last one carried: text not sent yet comes with the next. */
function sentText({ text, unsent }: LiveRun): string {
  return text.slice(0, text.length - unsent.length);
}
