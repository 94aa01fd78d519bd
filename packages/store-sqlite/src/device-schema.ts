import type { DeviceProfile, DeviceRequest, Principal } from "@claw/core";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, json } from "./columns.ts";

export const devices = sqliteTable("devices", {
  id: text("id").primaryKey(),
  tenant: text("tenant").notNull(),
  owner: text("owner").notNull(),
  ownerKind: text("owner_kind").$type<Principal["kind"]>().notNull(),
  profile: json<DeviceProfile>("profile").notNull(),
  label: text("label"),
  via: text("via").$type<"secret" | "approval">().notNull(),
  createdAt: instant("created_at").notNull(),
  lastSeenAt: instant("last_seen_at").notNull(),
});

export const deviceGrants = sqliteTable("device_grants", {
  device: text("device").notNull(),
  role: text("role").notNull(),
  scopes: json<readonly string[]>("scopes").notNull(),
  approvedAt: instant("approved_at").notNull(),
  /** Scopes of a token that the device may fetch. */
  offered: json<readonly string[] | null | undefined>("offered"),
});

export const deviceTokens = sqliteTable("device_tokens", {
  /** SHA-256 of the token in hex. */
  hash: text("hash").primaryKey(),
  device: text("device").notNull(),
  role: text("role").notNull(),
  scopes: json<readonly string[]>("scopes").notNull(),
  issuedAt: instant("issued_at").notNull(),
});

export const deviceRequests = sqliteTable("device_requests", {
  id: text("id").primaryKey(),
  tenant: text("tenant").notNull(),
  /** Of the device, once somebody owns it. */
  owner: text("owner"),
  device: text("device").notNull(),
  profile: json<DeviceProfile>("profile").notNull(),
  role: text("role").notNull(),
  scopes: json<readonly string[]>("scopes").notNull(),
  reason: text("reason").$type<DeviceRequest["reason"]>().notNull(),
  network: text("network").notNull(),
  createdAt: instant("created_at").notNull(),
  expiresAt: instant("expires_at").notNull(),
});
