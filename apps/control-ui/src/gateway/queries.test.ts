import type { SessionRow, SessionsList } from "@claw/protocol";
import { expect, test } from "vitest";
import { withRow } from "./queries.ts";

const row = (key: string, updatedAt: number, more: Partial<SessionRow> = {}): SessionRow => ({
  key,
  kind: "direct",
  agentId: "main",
  isMain: false,
  sessionId: key,
  startedAt: 0,
  updatedAt,
  archived: false,
  hasActiveRun: false,
  activeRunIds: [],
  ...more,
});
const list: SessionsList = {
  ts: 0,
  path: "",
  count: 2,
  limitApplied: 100,
  hasMore: false,
  defaults: { modelProvider: null, model: null, contextTokens: null },
  sessions: [row("b", 2), row("a", 1)],
};
const keys = ({ sessions }: SessionsList) => sessions.map(({ key }) => key);

test("a changed chat moves to the top, a new one joins, and one that is gone goes", () => {
  expect(keys(withRow(list, row("a", 3), "updated"))).toEqual(["a", "b"]);
  expect(keys(withRow(list, row("c", 3), "created"))).toEqual(["c", "b", "a"]);
  expect(keys(withRow(list, row("a", 3, { archived: true }), "updated"))).toEqual(["b"]);
  expect(keys(withRow(list, row("b", 2), "delete"))).toEqual(["a"]);
});
