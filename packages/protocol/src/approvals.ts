import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";
import { count, FOREIGN, identifier, sessionKey, shortText } from "./params.ts";

const id = identifier.describe("Of the approval.");
const decision = z.enum(["allow-once", "allow-always", "deny"]);

const getParams = z.strictObject({ id });
const listParams = z.strictObject({});
const waitParams = z.strictObject({
  id,
  timeoutMs: count.optional().describe("Default 30,000; the wait ends, the approval goes on."),
});
const resolveParams = z.strictObject({
  id,
  decision: decision.describe("`allow-always`: the same tool with the same input in the same session, from then on."),
  kind: z.enum(["exec", "plugin"]).optional().describe("There is one kind; it changes nothing."),
  reviewer: FOREIGN,
  grantExpiresInDays: FOREIGN,
});
const requestParams = z.strictObject({
  id: identifier.optional().describe("Default: a new one."),
  command: z.string().min(1).max(65_536),
  cwd: z.string().max(4_096).nullable().optional(),
  host: shortText.nullable().optional(),
  agentId: identifier.nullable().optional(),
  sessionKey: sessionKey.nullable().optional().describe("Default: the agent's main session."),
  warningText: shortText.nullable().optional().describe("Why it asks, for people."),
  timeoutMs: z.int().min(1).max(1_800_000).optional().describe("Until it is denied. Default and at most 30 minutes."),
  twoPhase: z.boolean().optional().describe("Answer at once, and leave the wait to `exec.approval.waitDecision`."),
  commandArgv: FOREIGN,
  systemRunPlan: FOREIGN,
  env: FOREIGN,
  nodeId: FOREIGN,
  security: FOREIGN,
  ask: FOREIGN,
  scope: FOREIGN,
  unavailableDecisions: FOREIGN,
});
const historyParams = z.strictObject({
  limit: z.int().min(1).max(500).optional().describe("Default 100."),
});

/** What waits for a person, or did. Times in Unix milliseconds. */
export interface ApprovalRow {
  readonly id: string;
  readonly kind: "exec";
  readonly status: "pending" | "approved" | "denied";
  readonly request: {
    /** The exact command, or the tool with its exact input. */
    readonly command: string;
    readonly cwd: string | null;
    readonly host: string | null;
    readonly agentId: string;
    readonly sessionKey: string;
    readonly runId?: string;
    readonly toolCallId?: string;
    /** The action and its input, which the digest binds. */
    readonly action: string;
    readonly input: Readonly<Record<string, unknown>>;
    readonly digest: string;
    readonly requestedBy: string;
    readonly rule: string;
    readonly reason: string;
  };
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** `null` while it waits. */
  readonly decision: z.output<typeof decision> | null;
  /** Absent when nobody answered in time. */
  readonly resolvedBy?: string;
  readonly resolvedAtMs?: number;
}

export interface ApprovalWait {
  readonly id: string;
  readonly decision: ApprovalRow["decision"];
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** `accepted`: it waits. */
  readonly status?: "accepted";
}

export interface ApprovalResolved {
  readonly ok: true;
  readonly id: string;
  readonly decision: z.output<typeof decision>;
  readonly resolvedBy: string;
}

export interface ApprovalHistory {
  /** Newest first, those that wait as well. */
  readonly items: readonly ApprovalRow[];
}

export interface ApprovalsResults {
  readonly "exec.approval.get": ApprovalRow;
  readonly "exec.approval.list": readonly ApprovalRow[];
  readonly "exec.approval.request": ApprovalWait;
  readonly "exec.approval.waitDecision": ApprovalWait;
  readonly "exec.approval.resolve": ApprovalResolved;
  readonly "approval.get": ApprovalRow;
  readonly "approval.resolve": ApprovalResolved;
  readonly "approval.history": ApprovalHistory;
  readonly "plugin.approval.list": readonly never[];
}

/** Payload of `exec.approval.resolved`. */
export interface ApprovalResolvedEvent {
  readonly id: string;
  readonly decision: z.output<typeof decision>;
  readonly resolvedBy: string | null;
  readonly ts: number;
}

const scope = "operator.approvals";

export const approvalsMethods = {
  "exec.approval.get": { summary: "One approval, answered or not.", params: getParams, scope, example: { id: "a" } },
  "exec.approval.list": { summary: "What waits for an answer now.", params: listParams, scope, example: {} },
  "exec.approval.request": {
    summary: "Asks people about a command; answers when they have, or at once when nobody who may answer is connected.",
    params: requestParams,
    scope,
    example: { id: "a", command: "ls", cwd: null, agentId: "main", timeoutMs: 1_000, twoPhase: true },
  },
  "exec.approval.waitDecision": {
    summary: "Waits for the answer to an approval.",
    params: waitParams,
    scope,
    example: { id: "a", timeoutMs: 10 },
  },
  "exec.approval.resolve": {
    summary: "Answers an approval. The first answer counts; a later one is refused and told whose it was.",
    params: resolveParams,
    scope,
    example: { id: "a", decision: "allow-once" },
  },
  "approval.get": { summary: "The same as `exec.approval.get`.", params: getParams, scope, example: { id: "a" } },
  "approval.resolve": {
    summary: "The same as `exec.approval.resolve`.",
    params: resolveParams,
    scope,
    example: { id: "a", decision: "deny", kind: "exec" },
  },
  "approval.history": {
    summary: "Approvals with their answers, newest first.",
    params: historyParams,
    scope,
    example: { limit: 10 },
  },
  "plugin.approval.list": {
    summary: "What plugins wait for: nothing, there are none.",
    params: listParams,
    scope,
    example: {},
  },
} as const satisfies MethodSpecs<ApprovalsResults>;
