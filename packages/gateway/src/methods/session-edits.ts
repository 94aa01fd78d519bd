import { randomUUID } from "node:crypto";
import type { Principal, QueueMode, Session } from "@claw/core";
import {
  invalidRequest,
  missingScope,
  type Params,
  patchScope,
  type Scope,
  type SessionsSent,
  satisfies,
} from "@claw/protocol";
import type { Peer } from "../connection/peers.ts";
import { agentsOf } from "../people/agents-of.ts";
import { ownKey } from "../people/own-key.ts";
import { runsStoppable } from "./active-runs.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { sessionOf } from "./session-of.ts";
import { sessionRow } from "./session-row.ts";
import { settingsChange, turnSettings } from "./session-settings.ts";
import { submit } from "./submit.ts";
import { refuseUnsupported } from "./unsupported.ts";

type Edit = "create" | "send" | "steer" | "abort" | "patch" | "reset" | "delete";

const CREATE = ["key", "agentId", "label", "displayName", "message", "task", "idempotencyKey", "attachments"];
const SETTINGS = ["model", "thinkingLevel", "fastMode", "category"];
const LOOKS = ["label", "icon", "color", "pinned", "archived", "unread"];
const EXEC = ["elevatedLevel", "execHost", "execSecurity", "execAsk"];
/** Hints that change nothing here. */
const HINTS = ["timeoutMs", "parentSessionKey", "succeedsParent", "spawnDepth", "emitCommandHooks"];
const TARGET = ["key", "agentId", "expectedSessionId"];

/** Methods that change whole sessions. */
export function sessionEditMethods(deps: MethodDeps): Pick<Handlers, `sessions.${Edit}`> {
  const { store, runs, transcripts, peers, models, sessionEvents } = deps;

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

  const send = async (
    params: Params<"sessions.send">,
    principal: Principal,
    receivedMs: number,
    queue?: QueueMode,
  ): Promise<SessionsSent> => {
    refuseUnsupported(params, ["key", "agentId", "message", "idempotencyKey", "attachments", "thinking", ...HINTS]);
    const { message: text, agentId, idempotencyKey = randomUUID(), attachments } = params;
    const settings = turnSettings({ thinking: params.thinking });
    const { key: sessionKey } = await existing(principal, params);
    const message = { text, sessionKey, agentId, idempotencyKey, attachments, queue, settings };
    const { run, repeat, sequence } = await submit(deps, principal, message, receivedMs);
    return { runId: run, status: repeat ? "in_flight" : "started", messageSeq: sequence };
  };

  return {
    async "sessions.create"(params, { principal, receivedMs }) {
      refuseUnsupported(params, [...CREATE, ...SETTINGS, ...HINTS, "titleSource"]);
      const { agentId, idempotencyKey = randomUUID(), attachments } = params;
      const named = params.key ?? ownKey(deps, principal, `dashboard:${idempotencyKey}`, agentId);
      const route = sessionOf(deps, named, agentId);
      if (!agentsOf(deps, principal).has(route.agent)) {
        throw new MethodError(invalidRequest(`unknown agent ${route.agent}`, { code: "UNKNOWN_AGENT_ID" }));
      }
      const { model, thinkingLevel, fastMode, category } = params;
      const change = await settingsChange({ model, thinkingLevel, fastMode, category }, models);
      const { sessions } = store.as(principal);
      if (deps.mayOpen(principal, route.session)) await sessions.create(route.session);
      const label = params.label ?? params.displayName;
      if (label !== undefined) await sessions.label(route.session, label);
      const session = await sessions.configure(route.session, change);
      if (session === undefined) throw missing(route.session);
      sessionEvents.changed(session.key, "create");
      const answer = { ok: true, key: session.key, sessionId: session.key } as const;
      const text = params.message ?? params.task;
      if (text === undefined) return { ...answer, entry: sessionRow(session, deps), runStarted: false };
      const message = { text, sessionKey: session.key, agentId, idempotencyKey, attachments };
      const { run, repeat } = await submit(deps, principal, message, receivedMs);
      return { ...answer, entry: sessionRow(session, deps), runStarted: !repeat, runId: run };
    },

    "sessions.send": (params, { principal, receivedMs }) => send(params, principal, receivedMs),
    "sessions.steer": (params, { principal, receivedMs }) => send(params, principal, receivedMs, "steer"),

    async "sessions.abort"({ key, runId, agentId }, { principal }) {
      const session = key === undefined ? undefined : sessionOf(deps, key, agentId).session;
      if (session === undefined && runId === undefined) {
        throw new MethodError(invalidRequest("expected key or runId, found neither"));
      }
      const named = runId === undefined ? undefined : runs.get(runId);
      const stoppable = await runsStoppable(deps, principal, session ?? named?.session ?? "");
      const aborted = stoppable.filter((run) => runId === undefined || run === named);
      for (const run of aborted) run.controller.abort();
      const bySession = Map.groupBy(aborted, (run) => run.session);
      const stopping = [...bySession].map(([of, its]) =>
        store.as(principal).runs.stop(
          of,
          its.map(({ run }) => run),
        ),
      );
      await Promise.all(stopping);
      const [first] = aborted;
      return { ok: true, status: first ? "aborted" : "no-active-run", abortedRunId: first?.run ?? null };
    },

    async "sessions.patch"(params, { principal, peer }) {
      refuseUnsupported(params, [
        ...TARGET,
        ...LOOKS,
        ...SETTINGS,
        "queueMode",
        "responseUsage",
        "sendPolicy",
        ...EXEC,
      ]);
      requireScope(peer, patchScope(params));
      const { key, agent } = await existing(principal, params);
      const change = await settingsChange(params, models);
      const refused = deps.exec.refusal(change, { agent, session: key, principal });
      if (refused !== undefined) throw new MethodError(invalidRequest(refused));
      const { sessions } = store.as(principal);
      if (params.label === undefined && Object.keys(change).length === 0) {
        throw new MethodError(invalidRequest("expected label or a setting, found nothing to change"));
      }
      if (params.label !== undefined) await sessions.label(key, params.label?.trim() || undefined);
      const session = await sessions.configure(key, change);
      if (session === undefined) throw missing(key);
      sessionEvents.changed(key, "patch");
      const entry = sessionRow(session, deps);
      const { modelProvider, model } = entry;
      const resolved = modelProvider === undefined || model === undefined ? {} : { resolved: { modelProvider, model } };
      return { ok: true, key, entry, ...resolved };
    },

    async "sessions.reset"(params, { principal }) {
      const { key, access } = await existing(principal, params);
      // One's own is one's own; who was let into somebody else's needs more than that.
      if (access !== "manage") throw new MethodError(missingScope("operator.admin"));
      const active = runs.ofSession(key);
      // What is still being said belongs to what is reset.
      for (const run of active) run.controller.abort();
      await Promise.all(active.map((run) => run.ended));
      const session = await store.as(principal).sessions.reset(key);
      if (session === undefined) throw missing(key);
      transcripts.forget(key);
      sessionEvents.changed(key, "reset");
      return { ok: true, key, entry: sessionRow(session, deps) };
    },

    async "sessions.delete"(params, { principal, peer }) {
      refuseUnsupported(params, [...TARGET, "deleteTranscript", "emitLifecycleHooks", "archivedOnly"]);
      if (params.archivedOnly === undefined) requireScope(peer, "operator.admin");
      const { session: key } = sessionOf(deps, params.key, params.agentId);
      const { sessions } = store.as(principal);
      if ((await sessions.get(key)) === undefined) return { ok: true, key, deleted: false };
      const { access, settings } = await existing(principal, params);
      if (params.archivedOnly === true && settings.archived !== true) {
        throw new MethodError(invalidRequest(`session ${key} is not archived; archive it first`));
      }
      if (access !== "manage") throw missing(key);
      // One that was told to stop is about to end.
      const stopping = runs.ofSession(key).filter((run) => run.controller.signal.aborted);
      await Promise.all(stopping.map((run) => run.ended));
      const deleted = await sessionEvents.deleting(key, () => sessions.delete(key));
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

function requireScope({ scopes }: Peer, scope: Scope): void {
  if (!satisfies(scopes, scope)) throw new MethodError(missingScope(scope));
}
