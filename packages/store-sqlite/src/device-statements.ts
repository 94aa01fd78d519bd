import { and, asc, desc, eq, gt, lte, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import type { Client } from "./database.ts";
import { deviceGrants, deviceRequests, devices, deviceTokens } from "./device-schema.ts";
import { valueFor } from "./journal-statements.ts";
import { behindWall } from "./visible.ts";

const value = sql.placeholder;

export type DeviceStatements = ReturnType<typeof deviceStatements>;

/** Everything asked of the device tables, compiled once. What acts for a principal carries the wall. */
export function deviceStatements(client: Client) {
  const orm = drizzle(client);
  const thisDevice = eq(devices.id, value("id"));
  const ownDevice = and(thisDevice, behindWall(devices));
  const thisGrant = and(eq(deviceGrants.device, value("id")), eq(deviceGrants.role, value("role")));
  const ofGrant = and(eq(deviceTokens.device, value("id")), eq(deviceTokens.role, value("role")));
  const open = and(
    sql`(${deviceRequests.owner} is null and ${deviceRequests.tenant} = ${value("tenant")} or ${behindWall(deviceRequests)})`,
    gt(deviceRequests.expiresAt, valueFor(deviceRequests.expiresAt, "now")),
  );
  return {
    device: orm.select().from(devices).where(thisDevice).prepare(),
    ownDevice: orm.select().from(devices).where(ownDevice).prepare(),
    ownDevices: orm.select().from(devices).where(behindWall(devices)).orderBy(desc(devices.lastSeenAt)).prepare(),
    grants: orm
      .select()
      .from(deviceGrants)
      .where(eq(deviceGrants.device, value("id")))
      .orderBy(asc(deviceGrants.role))
      .prepare(),
    grant: orm.select().from(deviceGrants).where(thisGrant).prepare(),
    /** In the order issued; a clock that stands still or goes back can't tell it. */
    tokens: orm.select().from(deviceTokens).where(ofGrant).orderBy(sql`rowid`).prepare(),

    putDevice: orm
      .insert(devices)
      .values({
        id: value("id"),
        tenant: value("tenant"),
        owner: value("owner"),
        ownerKind: value("kind"),
        profile: value("profile"),
        via: value("via"),
        createdAt: value("now"),
        lastSeenAt: value("now"),
      })
      .onConflictDoUpdate({
        target: devices.id,
        set: { profile: valueFor(devices.profile, "profile"), lastSeenAt: valueFor(devices.lastSeenAt, "now") },
      })
      .prepare(),
    seen: orm
      .update(devices)
      .set({ lastSeenAt: valueFor(devices.lastSeenAt, "now") })
      .where(thisDevice)
      .prepare(),
    rename: orm
      .update(devices)
      .set({ label: valueFor(devices.label, "label") })
      .where(ownDevice)
      .prepare(),
    remove: orm.delete(devices).where(ownDevice).prepare(),
    putGrant: orm
      .insert(deviceGrants)
      .values({
        device: value("id"),
        role: value("role"),
        scopes: value("scopes"),
        approvedAt: value("now"),
        offered: value("offered"),
      })
      .onConflictDoUpdate({
        target: [deviceGrants.device, deviceGrants.role],
        set: {
          scopes: valueFor(deviceGrants.scopes, "scopes"),
          approvedAt: valueFor(deviceGrants.approvedAt, "now"),
          offered: valueFor(deviceGrants.offered, "offered"),
        },
      })
      .prepare(),
    offer: orm
      .update(deviceGrants)
      .set({ offered: valueFor(deviceGrants.offered, "offered") })
      .where(thisGrant)
      .prepare(),
    putToken: orm
      .insert(deviceTokens)
      .values({
        hash: value("hash"),
        device: value("id"),
        role: value("role"),
        scopes: value("scopes"),
        issuedAt: value("now"),
      })
      .prepare(),
    widenTokens: orm
      .update(deviceTokens)
      .set({ scopes: valueFor(deviceTokens.scopes, "scopes") })
      .where(ofGrant)
      .prepare(),
    dropToken: orm
      .delete(deviceTokens)
      .where(eq(deviceTokens.hash, value("hash")))
      .prepare(),
    dropTokens: orm.delete(deviceTokens).where(ofGrant).prepare(),

    openRequest: orm
      .select()
      .from(deviceRequests)
      .where(and(eq(deviceRequests.id, value("request")), open))
      .prepare(),
    openRequests: orm.select().from(deviceRequests).where(open).orderBy(asc(deviceRequests.createdAt)).prepare(),
    requestOf: orm
      .select()
      .from(deviceRequests)
      .where(eq(deviceRequests.device, value("id")))
      .prepare(),
    countDevices: orm
      .select({ paired: sql<number>`count(*)` })
      .from(devices)
      .where(and(eq(devices.tenant, value("tenant")), eq(devices.owner, value("owner"))))
      .prepare(),
    countRequests: orm
      .select({
        all: sql<number>`count(*)`,
        ofNetwork: sql<number>`coalesce(sum(${deviceRequests.network} = ${value("network")}), 0)`,
      })
      .from(deviceRequests)
      .prepare(),
    putRequest: orm
      .insert(deviceRequests)
      .values({
        id: value("request"),
        tenant: value("tenant"),
        owner: value("owner"),
        device: value("id"),
        profile: value("profile"),
        role: value("role"),
        scopes: value("scopes"),
        reason: value("reason"),
        network: value("network"),
        createdAt: value("now"),
        expiresAt: value("expiresAt"),
      })
      .prepare(),
    dropRequestOf: orm
      .delete(deviceRequests)
      .where(eq(deviceRequests.device, value("id")))
      .prepare(),
    dropExpired: orm
      .delete(deviceRequests)
      .where(lte(deviceRequests.expiresAt, valueFor(deviceRequests.expiresAt, "now")))
      .prepare(),
  };
}
