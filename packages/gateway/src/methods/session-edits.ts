import { randomUUID } from "node:crypto";
import type { Principal, Session } from "@claw/core";
import { invalidRequest } from "@claw/protocol";
import { maySee } from "../connection/peers.ts";
import type { ActiveRun } from "../runs.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { sessionOf } from "./session-of.ts";
import { sessionRow } from "./sessions.ts";
import { submit } from "./submit.ts";
import { refuseUnsupported } from "./unsupported.ts";

type Edit = "create" | "send" | "abort" | "patch" | "reset" | "delete";

const CREATE = ["key", "agentId", "label", "displayName", "message", "task", "idempotencyKey", "attachments"];
/** Hints that change nothing here. */
const HINTS = ["timeoutMs", "thinking", "parentSessionKey", "succeedsParent", "spawnDepth", "emitCommandHooks"];
const TARGET = ["key", "agentId", "expectedSessionId"];

/** Methods that change whole sessions. */
export function sessionEditMethods(deps: MethodDeps): Pick<Handlers, `sessions.${Edit}`> {
  const { store, runs, transcripts, peers } = deps;

  const activeOf = (session: string, principal: Principal): readonly ActiveRun[] =>
    runs.ofSession(session).filter((run) => maySee(principal, run.owner));

  /** The session that is the caller's to change, or a refusal. */
  const existing = async (
    principal: Principal,
    { key, agentId, expectedSessionId }: { key: string; agentId?: string | undefined; expectedSessionId?: unknown },
  ): Promise<Session> => {
    const session = await store.as(principal).sessions.get(sessionOf(deps, key, agentId).session);
    if (session === undefined) throw missing(key);
    if (expectedSessionId === undefined || expectedSessionId === session.key) return session;
    throw new MethodError(invalidRequest(`expected session id ${String(expectedSessionId)}, found ${session.key}`));
  };

  return {
    async "sessions.create"(params, { principal, receivedMs }) {
      refuseUnsupported(params, [...CREATE, ...HINTS, "titleSource"]);
      const { agentId, idempotencyKey = randomUUID(), attachments } = params;
      const route = sessionOf(deps, params.key ?? `dashboard:${idempotencyKey}`, agentId);
      if (!deps.agents.has(route.agent)) {
        throw new MethodError(invalidRequest(`unknown agent ${route.agent}`, { code: "UNKNOWN_AGENT_ID" }));
      }
      const { sessions } = store.as(principal);
      const created = await sessions.create(route.session);
      const label = params.label ?? params.displayName;
      const session = label === undefined ? created : ((await sessions.label(route.session, label)) ?? created);
      const answer = { ok: true, key: session.key, sessionId: session.key } as const;
      const text = params.message ?? params.task;
      if (text === undefined) return { ...answer, entry: sessionRow(session, runs), runStarted: false };
      const message = { text, sessionKey: session.key, agentId, idempotencyKey, attachments };
      const { run, repeat } = await submit(deps, principal, message, receivedMs);
      return { ...answer, entry: sessionRow(session, runs), runStarted: !repeat, runId: run };
    },

    async "sessions.send"(params, { principal, receivedMs }) {
      refuseUnsupported(params, ["key", "agentId", "message", "idempotencyKey", "attachments", ...HINTS]);
      const { message: text, agentId, idempotencyKey = randomUUID(), attachments } = params;
      const { key: sessionKey } = await existing(principal, params);
      const message = { text, sessionKey, agentId, idempotencyKey, attachments };
      const { run, repeat, sequence } = await submit(deps, principal, message, receivedMs);
      return { runId: run, status: repeat ? "in_flight" : "started", messageSeq: sequence };
    },

    async "sessions.abort"({ key, runId, agentId }, { principal }) {
      const session = key === undefined ? undefined : sessionOf(deps, key, agentId).session;
      if (session === undefined && runId === undefined) {
        throw new MethodError(invalidRequest("expected key or runId, found neither"));
      }
      const aborted = runs
        .all()
        .filter((run) => maySee(principal, run.owner))
        .filter((run) => session === undefined || run.session === session)
        .filter((run) => runId === undefined || run.run === runId);
      for (const run of aborted) run.controller.abort();
      const [first] = aborted;
      return { ok: true, status: first ? "aborted" : "no-active-run", abortedRunId: first?.run ?? null };
    },

    async "sessions.patch"(params, { principal }) {
      refuseUnsupported(params, [...TARGET, "label"]);
      const { key } = await existing(principal, params);
      if (params.label === undefined) throw new MethodError(invalidRequest("expected label, found nothing to change"));
      const label = params.label?.trim() || undefined;
      const session = await store.as(principal).sessions.label(key, label);
      if (session === undefined) throw missing(key);
      return { ok: true, key, entry: sessionRow(session, runs) };
    },

    async "sessions.reset"(params, { principal }) {
      const { key } = await existing(principal, params);
      const active = activeOf(key, principal);
      // What is still being said belongs to what is reset.
      for (const run of active) run.controller.abort();
      await Promise.all(active.map((run) => run.ended));
      const session = await store.as(principal).sessions.reset(key);
      if (session === undefined) throw missing(key);
      transcripts.forget(key);
      return { ok: true, key, entry: sessionRow(session, runs) };
    },

    async "sessions.delete"(params, { principal }) {
      refuseUnsupported(params, [...TARGET, "deleteTranscript", "emitLifecycleHooks"]);
      const { session: key } = sessionOf(deps, params.key, params.agentId);
      const { sessions } = store.as(principal);
      if ((await sessions.get(key)) === undefined) return { ok: true, key, deleted: false };
      await existing(principal, params);
      // One that was told to stop is about to end.
      const stopping = activeOf(key, principal).filter((run) => run.controller.signal.aborted);
      await Promise.all(stopping.map((run) => run.ended));
      const deleted = await sessions.delete(key);
      transcripts.forget(key);
      for (const { follows } of peers) {
        const follow = follows.get(key);
        if (follow !== undefined) follow.after = 0;
      }
      return { ok: true, key, deleted };
    },
  };
}

function missing(key: string): MethodError {
  return new MethodError(invalidRequest(`there is no session ${key}`, { code: "SESSION_NOT_FOUND" }));
}
