import { randomUUID } from "node:crypto";
import type { Entry, Principal } from "@claw/core";
import { invalidRequest } from "@claw/protocol";
import { commandReply } from "../commands/desk.ts";
import { messageId, sequenceOf } from "../connection/wire-messages.ts";
import { runsStoppable } from "./active-runs.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { sessionOf } from "./session-of.ts";
import { sessionRow } from "./session-row.ts";

type Branching = "sessions.fork" | "sessions.rewind" | "sessions.compact" | "chat.inject";

/** Methods that change where a history goes on. */
export function sessionBranchMethods(deps: MethodDeps): Pick<Handlers, Branching> {
  const { store, runs, transcripts, sessionEvents, intake } = deps;

  /** The last entry that stays, and what is given back to be edited. */
  const placeOf = async (principal: Principal, session: string, entryId: string) => {
    const sequence = sequenceOf(session, entryId);
    const { transcript } = store.as(principal);
    const entries = sequence === 0 ? [] : await transcript.sinceReset(session, { limit: 1_000 });
    const live = [...Map.groupBy(entries, ({ run }) => run).values()].flat();
    const index = live.findIndex((entry) => entry.sequence === sequence);
    const entry = live[index];
    if (entry === undefined) throw new MethodError(invalidRequest(`there is no entry ${entryId} to go on from`));
    if (entry.message.role !== "user") return { sequence };
    return { sequence: live[index - 1]?.sequence ?? 0, editorText: entry.message.text };
  };

  return {
    async "sessions.fork"({ sessionKey, agentId, entryId }, { principal }) {
      const { session, agent } = sessionOf(deps, sessionKey, agentId);
      if ((await store.as(principal).sessions.get(session))?.access === "read") {
        throw new MethodError({ code: "FORBIDDEN", message: "this session is shared with you to read it alone" });
      }
      const { sequence, editorText } = await placeOf(principal, session, entryId);
      const into = `agent:${agent}:dashboard:${randomUUID()}`;
      const forked = await store.as(principal).sessions.fork(session, into, sequence);
      if (forked === undefined) throw missing(session);
      sessionEvents.changed(into, "fork");
      return { sessionKey: into, ...(editorText === undefined ? {} : { editorText }) };
    },

    async "sessions.rewind"({ sessionKey, agentId, entryId }, { principal }) {
      const { session } = sessionOf(deps, sessionKey, agentId);
      const { sequence, editorText } = await placeOf(principal, session, entryId);
      // What is still being said belongs to what is left behind.
      const active = await runsStoppable(deps, principal, session);
      for (const run of active) run.controller.abort();
      await Promise.all(active.map(({ ended }) => ended));
      const rewound = await store.as(principal).sessions.rewind(session, sequence);
      if (rewound === undefined) throw missing(session);
      transcripts.forget(session);
      sessionEvents.changed(session, "rewind");
      return editorText === undefined ? {} : { editorText };
    },

    async "sessions.compact"({ key, agentId }, { principal, receivedMs }) {
      const { session, agent } = sessionOf(deps, key, agentId);
      const { sessions, transcript } = store.as(principal);
      if ((await sessions.get(session)) === undefined) {
        return { ok: true, key: session, compacted: false, reason: "no transcript" };
      }
      const run = randomUUID();
      const provenance = { origins: ["owner"], trust: "trusted", because: [] } as const;
      const message = { id: `compact:${run}`, run, session, agent, principal, provenance, text: "/compact" };
      await intake.accept({ ...message, commands: true, receivedMs });
      await runs.get(run)?.ended;
      const written = (await transcript.read(session)).filter((entry) => entry.run === run);
      const compacted = written.some(isSummary);
      const now = await sessions.get(session);
      return {
        ok: true,
        key: session,
        compacted,
        ...(compacted ? {} : { reason: "nothing to compact" }),
        ...(now === undefined ? {} : { entry: sessionRow(now, deps) }),
      };
    },

    async "chat.inject"({ sessionKey, agentId, message, label }, { principal }) {
      const { session } = sessionOf(deps, sessionKey, agentId);
      const text = label === undefined ? message : `[${label}]\n\n${message}`;
      const provenance = { origins: ["owner"], trust: "trusted", because: [] } as const;
      const reply = { ...commandReply(text), model: "claw/injected" };
      const sequence = await store.as(principal).sessions.inject(session, { provenance, message: reply });
      if (sequence === undefined) throw missing(session);
      transcripts.forget(session);
      sessionEvents.changed(session, "inject");
      return { ok: true, messageId: messageId(session, sequence) };
    },
  };
}

function isSummary({ message }: Entry): boolean {
  return message.role === "summary";
}

function missing(key: string): MethodError {
  return new MethodError(invalidRequest(`there is no session ${key}`, { code: "SESSION_NOT_FOUND" }));
}
