import { randomUUID } from "node:crypto";
import {
  type Approval,
  type ApprovalLedger,
  ClawError,
  type Clock,
  hasScope,
  type OwnApprovals,
  type Principal,
} from "@claw/core";
import type { ApprovalStatements } from "./approval-statements.ts";
import type { Database } from "./database.ts";
import { type Viewer, viewerOf } from "./visible.ts";

export interface ApprovalDatabase {
  readonly database: Database;
  readonly statements: ApprovalStatements;
}

/** The most rows one call returns, whatever it asks for. */
const MAX_ROWS = 1_000;

export function sqliteApprovals(open: () => ApprovalDatabase, clock: Clock): ApprovalLedger {
  return {
    async request({ id = randomUUID(), principal, run, call, ...rest }) {
      const { database, statements } = open();
      return database.write(() => {
        const asked = run === undefined ? undefined : statements.ofCall.get({ run, call, digest: rest.digest });
        if (asked !== undefined) return approvalFrom(asked);
        const { id: owner, tenant } = principal;
        const row = statements.insert.get({
          ...rest,
          ...{ id, owner, tenant, run: run ?? null, call: call ?? null, now: clock.now() },
        });
        if (row === undefined) throw new ClawError("STORE_CONFLICT", `there is an approval ${id} already`);
        return approvalFrom(row);
      });
    },
    async grant({ principal, session, digest }) {
      const { database, statements } = open();
      const { tenant, id: owner } = principal;
      const row = database.read(() => statements.granted.get({ tenant, owner, session, digest }));
      return row && approvalFrom(row);
    },
    async pending() {
      const { database, statements } = open();
      return database.read(() => statements.waiting.all()).map(approvalFrom);
    },
    async close(id) {
      const { database, statements } = open();
      return database.write(() => {
        statements.answer.run({ id, decision: "deny", by: null, now: clock.now() });
        const row = statements.byId.get({ id });
        if (row === undefined) throw new ClawError("STORE_NOT_FOUND", `there is no approval ${id}`);
        return approvalFrom(row);
      });
    },
  };
}

export function ownApprovals(open: () => ApprovalDatabase, principal: Principal, clock: Clock): OwnApprovals {
  const viewer = approverOf(principal);
  return {
    async get(id) {
      const { database, statements } = open();
      const row = database.read(() => statements.visible.get({ id, ...viewer }));
      return row && approvalFrom(row);
    },
    async list({ pending = false, limit = 100 } = {}) {
      const { database, statements } = open();
      const statement = pending ? statements.pending : statements.list;
      const rows = Math.max(0, Math.min(Math.trunc(limit) || 0, MAX_ROWS));
      return database.read(() => statement.all({ limit: rows, ...viewer })).map(approvalFrom);
    },
    async answer(id, decision) {
      if (principal.kind === "agent" || !hasScope(principal, "approvals")) {
        throw new ClawError("STORE_FORBIDDEN", `${principal.id} may not answer approvals`);
      }
      const { database, statements } = open();
      return database.write(() => {
        const before = statements.visible.get({ id, ...viewer });
        if (before === undefined) return undefined;
        const first = before.answeredAt === null;
        if (first) statements.answer.run({ id, decision, by: principal.id, now: clock.now() });
        const after = first ? statements.visible.get({ id, ...viewer }) : before;
        return { approval: approvalFrom(after ?? before), first };
      });
    },
  };
}

/** Who may answer sees what there is to answer, without the read scope as well. */
function approverOf(principal: Principal): Viewer {
  const viewer = viewerOf(principal);
  return hasScope(principal, "approvals") ? { ...viewer, tenant: principal.tenant } : viewer;
}

type Row = NonNullable<ReturnType<ApprovalStatements["byId"]["get"]>>;

function approvalFrom({ tenant: _, run, call, decision, answeredBy, answeredAt, ...row }: Row): Approval {
  return {
    ...row,
    ...(run === null ? {} : { run }),
    ...(call === null ? {} : { call }),
    ...(decision === null || answeredAt === null
      ? {}
      : { answer: { decision, at: answeredAt, ...(answeredBy === null ? {} : { by: answeredBy }) } }),
  };
}
