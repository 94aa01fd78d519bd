import type { SearchHit } from "@claw/core";
import type { SearchResult } from "@claw/protocol";
import { messageId } from "../connection/wire-messages.ts";
import type { Handlers, MethodDeps } from "./context.ts";
import { sessionOf } from "./session-of.ts";
import { sessionRow } from "./session-row.ts";
import { matching } from "./sessions.ts";

const DEFAULT_LIMIT = 25;
/** Hits looked at when only some sessions are wanted. */
const MAX_HITS = 1_000;
const SNIPPET_BEFORE = 40;
const SNIPPET_CHARACTERS = 200;

export function sessionSearchMethods(deps: MethodDeps): Pick<Handlers, "sessions.search"> {
  const { store } = deps;
  return {
    async "sessions.search"({ query, agentId, sessionKeys, scope = {}, limit = DEFAULT_LIMIT }, { principal }) {
      const agent = agentId ?? scope.agentId;
      const roster = await matching(deps, principal, { ...scope, agentId: agent }, MAX_HITS);
      const keys = sessionKeys?.map((key) => sessionOf(deps, key, agentId).session);
      const wanted = new Map(roster.filter(({ key }) => keys?.includes(key) ?? true).map((row) => [row.key, row]));
      const of = agent === undefined ? {} : { agent };
      const found = await store.as(principal).transcript.search(query, { ...of, limit: MAX_HITS });
      const hits = found.filter(({ entry }) => wanted.has(entry.session));
      const results = hits.slice(0, limit).flatMap((hit) => resultOf(hit, query));
      const inResults = new Set(results.map((result) => result.sessionKey));
      const sessions = [...wanted.values()]
        .filter(({ key, label = "" }) => inResults.has(key) || label.toLowerCase().includes(query.toLowerCase()))
        .slice(0, DEFAULT_LIMIT)
        .map((session) => sessionRow(session, deps));
      return { results, sessions, truncated: hits.length > limit };
    },
  };
}

function resultOf({ entry }: SearchHit, query: string): readonly SearchResult[] {
  const { message, session, sequence, at } = entry;
  if (message.role === "tool" || message.role === "summary") return [];
  const place = message.text.toLowerCase().indexOf(query.toLowerCase());
  const start = Math.max(0, place - SNIPPET_BEFORE);
  return [
    {
      sessionKey: session,
      sessionId: session,
      messageId: messageId(session, sequence),
      role: message.role,
      timestamp: at.getTime(),
      snippet: message.text.slice(start, start + SNIPPET_CHARACTERS),
      score: 1,
    },
  ];
}
