import { type Entry, inReadingOrder, type Principal } from "@claw/core";
import { invalidRequest, type SessionsPreview } from "@claw/protocol";
import { historyMessage } from "../connection/wire-messages.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { sessionOf } from "./session-of.ts";
import { sessionRow } from "./session-row.ts";
import { matching } from "./sessions.ts";
import { refuseUnsupported } from "./unsupported.ts";

type Preview = SessionsPreview["previews"][number];
type Reading = "sessions.describe" | "sessions.get" | "sessions.resolve" | "sessions.preview";

const RESOLVABLE = ["key", "sessionId", "label", "agentId", "includeGlobal", "includeUnknown", "allowMissing"];
const DEFAULT_PREVIEW_ITEMS = 12;
const MAX_PREVIEW_ITEMS = 50;
const DEFAULT_PREVIEW_CHARACTERS = 240;

/** Methods that look at sessions one knows of. */
export function sessionReadingMethods(deps: MethodDeps): Pick<Handlers, Reading> {
  const { store, clock } = deps;
  return {
    async "sessions.describe"({ key, agentId }, { principal }) {
      const session = await store.as(principal).sessions.get(sessionOf(deps, key, agentId).session);
      return { session: session === undefined ? null : sessionRow(session, deps) };
    },

    async "sessions.get"({ key, sessionKey, agentId, limit }, { principal }) {
      const named = key ?? sessionKey;
      if (named === undefined) throw new MethodError(invalidRequest("expected key, the session to read; found none"));
      const { session } = sessionOf(deps, named, agentId);
      const entries = await store.as(principal).transcript.read(session, limit === undefined ? {} : { limit });
      return { messages: inReadingOrder(entries).map((entry) => historyMessage(entry)) };
    },

    async "sessions.resolve"(params, { principal }) {
      refuseUnsupported(params, RESOLVABLE);
      const { key, sessionId, label, agentId, allowMissing } = params;
      const named = key ?? sessionId ?? label;
      if (named === undefined) throw new MethodError(invalidRequest("expected key, sessionId or label, found none"));
      const found =
        named === label
          ? (await matching(deps, principal, { agentId, search: label, archived: "all" }, 1)).find(
              (session) => session.label === label,
            )
          : await store.as(principal).sessions.get(sessionOf(deps, named, agentId).session);
      if (found !== undefined) return { ok: true, key: found.key, sessionId: found.key, agentId: found.agent };
      if (allowMissing === true) return { ok: false };
      throw new MethodError(invalidRequest(`there is no session ${named}`, { code: "SESSION_NOT_FOUND" }));
    },

    async "sessions.preview"({ keys, limit, maxChars = DEFAULT_PREVIEW_CHARACTERS }, { principal }) {
      const items = Math.min(limit ?? DEFAULT_PREVIEW_ITEMS, MAX_PREVIEW_ITEMS);
      const previews = await Promise.all(keys.map((key) => preview(principal, key, items, maxChars)));
      return { ts: clock.now().getTime(), previews };
    },
  };

  async function preview(principal: Principal, key: string, limit: number, maxChars: number): Promise<Preview> {
    const mine = store.as(principal);
    const { session } = sessionOf(deps, key);
    if ((await mine.sessions.get(session)) === undefined) return { key, status: "missing", items: [] };
    const items = inReadingOrder(await mine.transcript.read(session))
      .flatMap(spoken)
      .slice(-limit)
      .map(({ role, text }) => ({ role, text: text.slice(0, maxChars) }));
    return { key, status: items.length === 0 ? "empty" : "ok", items };
  }
}

function spoken({ message }: Entry): readonly Preview["items"][number][] {
  return message.role === "tool" || message.role === "summary" || message.text === ""
    ? []
    : [{ role: message.role, text: message.text }];
}
