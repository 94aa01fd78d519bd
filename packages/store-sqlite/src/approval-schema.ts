import type { Approval, ApprovalDecision } from "@claw/core";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, json } from "./columns.ts";

export const approvals = sqliteTable("approvals", {
  id: text("id").primaryKey(),
  tenant: text("tenant").notNull(),
  owner: text("owner").notNull(),
  run: text("run"),
  call: text("call"),
  agent: text("agent").notNull(),
  session: text("session").notNull(),
  action: text("action").notNull(),
  input: json<Approval["input"]>("input").notNull(),
  digest: text("digest").notNull(),
  rule: text("rule").notNull(),
  reason: text("reason").notNull(),
  createdAt: instant("created_at").notNull(),
  expiresAt: instant("expires_at").notNull(),
  decision: text("decision").$type<ApprovalDecision>(),
  answeredBy: text("answered_by"),
  answeredAt: instant("answered_at"),
});
