import { GatewayError } from "@claw/client";
import type { ApprovalRow } from "@claw/protocol";
import { expect, test } from "vitest";
import { answeredBefore, answeredElsewhere } from "./answered-elsewhere.ts";

const request = { command: "ls", cwd: null, host: null, agentId: "main", sessionKey: "s", action: "a", input: {} };
const row: ApprovalRow = {
  id: "a",
  kind: "exec",
  status: "pending",
  request: { ...request, digest: "d", requestedBy: "owner", rule: "r", reason: "it asks" },
  createdAtMs: 0,
  expiresAtMs: 1_000,
  decision: null,
};

test("who answered is told, and that nobody did in time; what a run took back is not worth a word", () => {
  const answer = { decision: "allow-once", resolvedBy: "ada", ts: 10 } as const;
  expect(answeredElsewhere(row, answer)).toEqual({ row, allowed: true, by: "ada" });
  expect(answeredElsewhere(row, { decision: "deny", resolvedBy: null, ts: 1_000 })).toEqual({ row, allowed: false });
  expect(answeredElsewhere(row, { decision: "deny", resolvedBy: null, ts: 10 })).toBeUndefined();
});

test("an answer that came second learns whose the first was", () => {
  const details = { code: "APPROVAL_ALREADY_RESOLVED", decision: "deny", resolvedBy: "ada" };
  const late = new GatewayError("INVALID_REQUEST", "approval a has been answered before", { details });
  expect(answeredBefore(row, late)).toEqual({ row, allowed: false, by: "ada" });
  expect(answeredBefore(row, new GatewayError("FORBIDDEN", "missing scope"))).toBeUndefined();
});
