// The columns as queries see them. Constraints and indexes stand once, in the migrations.

import type {
  Access,
  Action,
  Address,
  Decision,
  Entry,
  Message,
  NewDelivery,
  Principal,
  Provenance,
  QueueMode,
  RunEnd,
  SessionSettings,
  Span,
  Starts,
} from "@claw/core";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, json } from "./columns.ts";

/** Added up on a session, one step's own in `usage`. */
const tokenColumns = () => ({
  inputTokens: integer("input_tokens").notNull(),
  outputTokens: integer("output_tokens").notNull(),
  cacheReadTokens: integer("cache_read_tokens").notNull(),
  cacheWriteTokens: integer("cache_write_tokens").notNull(),
});

export const sessions = sqliteTable("sessions", {
  key: text("key").primaryKey(),
  tenant: text("tenant").notNull(),
  owner: text("owner").notNull(),
  title: text("title").notNull(),
  createdAt: instant("created_at").notNull(),
  updatedAt: instant("updated_at").notNull(),
  lastSequence: integer("last_sequence").notNull(),
  label: text("label"),
  /** Number of the last run before the last reset. */
  resetRun: integer("reset_run").notNull(),
  /** When its first message since the last reset of its own was accepted. */
  startedAt: instant("started_at").notNull(),
  /** When a person last wrote to it. */
  heardAt: instant("heard_at").notNull(),
  settings: json<SessionSettings>("settings").notNull(),
  ...tokenColumns(),
  contextTokens: integer("context_tokens").notNull(),
});

/** Who was let into a session that is somebody else's. */
export const members = sqliteTable("members", {
  session: text("session").notNull(),
  /** Principal id. */
  id: text("id").notNull(),
  access: text("access").$type<Access>().notNull(),
});

export const runs = sqliteTable("runs", {
  /** In order of acceptance. */
  number: integer("number").primaryKey(),
  id: text("id").notNull(),
  session: text("session").notNull(),
  state: text("state").$type<"queued" | "running" | RunEnd["reason"]>().notNull(),
  acceptedAt: instant("accepted_at").notNull(),
  endedAt: instant("ended_at"),
  principal: json<Principal>("principal").notNull(),
  provenance: json<Provenance>("provenance").notNull(),
  replyTo: json<Address | undefined>("reply_to"),
  queue: text("queue").$type<QueueMode>(),
  after: text("after_run"),
  answeredBy: text("answered_by"),
  error: json<RunEnd["error"]>("error"),
  timeline: json<readonly Span[]>("timeline").notNull(),
  /** Somebody stopped it before its end. */
  stopped: integer("stopped").notNull(),
  /** How often it was begun again after a crash. */
  recoveries: integer("recoveries").notNull(),
});

export const entries = sqliteTable("entries", {
  session: text("session").notNull(),
  sequence: integer("sequence").notNull(),
  run: text("run").notNull(),
  at: instant("at").notNull(),
  provenance: json<Provenance>("provenance").notNull(),
  message: json<Message>("message").notNull(),
  /** A rewind took it out of the history. */
  superseded: integer("superseded").notNull(),
  joined: json<Entry["joined"] | null>("joined"),
});

export const usage = sqliteTable("usage", {
  session: text("session").notNull(),
  run: text("run").notNull(),
  at: instant("at").notNull(),
  model: text("model").notNull(),
  ...tokenColumns(),
});

export const inbox = sqliteTable("inbox", {
  /** In order of acceptance. */
  number: integer("number").primaryKey(),
  id: text("id").notNull(),
  run: text("run").notNull(),
  /** Of the entry it became. */
  sequence: integer("sequence").notNull(),
  tenant: text("tenant").notNull(),
  /** Principal id of who sent it. */
  owner: text("owner").notNull(),
});

export const effects = sqliteTable("effects", {
  run: text("run").notNull(),
  id: text("id").notNull(),
  action: text("action").notNull(),
  digest: text("digest").notNull(),
  startedAt: instant("started_at").notNull(),
  finishedAt: instant("finished_at"),
});

export const outbox = sqliteTable("outbox", {
  /** In the order queued. */
  number: integer("number").primaryKey(),
  key: text("key").notNull(),
  /** Null: no run has said it. */
  run: text("run"),
  /** One text per address, so that an index can keep its deliveries in order. */
  lane: text("lane").notNull(),
  to: json<Address>("to").notNull(),
  message: json<NewDelivery["message"]>("message").notNull(),
  state: text("state").$type<"pending" | "delivered" | "dead">().notNull(),
  attempts: integer("attempts").notNull(),
  queuedAt: instant("queued_at").notNull(),
  dueAt: instant("due_at").notNull(),
  /** When that was settled. */
  scheduledAt: instant("scheduled_at").notNull(),
  settledAt: instant("settled_at"),
  /** Why the last attempt failed. */
  failure: text("failure"),
});

export const audit = sqliteTable("audit", {
  number: integer("number").primaryKey(),
  at: instant("at").notNull(),
  action: json<Action>("action").notNull(),
  decision: json<Decision>("decision").notNull(),
  ok: integer("ok", { mode: "boolean" }),
  summary: text("summary"),
  durationMs: integer("duration_ms"),
});

export const starts = sqliteTable("starts", {
  number: integer("number").primaryKey(),
  at: instant("at").notNull(),
  state: text("state").$type<Parameters<Starts["note"]>[0]>().notNull(),
});
