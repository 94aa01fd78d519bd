import type { SessionRow } from "@claw/protocol";

/** A chat that only this page has begun. */
export function newSessionKey(agentId: string, newId: () => string): string {
  return `agent:${agentId}:dashboard:${newId()}`;
}

/** What a chat is called in lists. */
export function titleOf(row: Pick<SessionRow, "key" | "derivedTitle" | "isMain"> | undefined): string {
  if (row === undefined) return "New chat";
  return row.derivedTitle?.trim() || (row.isMain ? "Main chat" : "Untitled chat");
}
