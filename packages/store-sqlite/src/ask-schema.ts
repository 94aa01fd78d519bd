import type { ApprovalDecision, QuestionAnswers } from "@claw/core";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, json } from "./columns.ts";

/** What waits for a person, or did. */
export const asks = sqliteTable("asks", {
  id: text("id").primaryKey(),
  kind: text("kind").$type<"approval" | "inquiry">().notNull(),
  tenant: text("tenant").notNull(),
  owner: text("owner").notNull(),
  run: text("run"),
  call: text("call"),
  agent: text("agent").notNull(),
  session: text("session").notNull(),
  digest: text("digest").notNull(),
  /** What its kind has of its own. */
  subject: json<unknown>("subject").notNull(),
  createdAt: instant("created_at").notNull(),
  expiresAt: instant("expires_at").notNull(),
  /** Null while it waits, and of an inquiry that has no answers. */
  answer: json<ApprovalDecision | QuestionAnswers | null>("answer"),
  answeredBy: text("answered_by"),
  answeredAt: instant("answered_at"),
});
