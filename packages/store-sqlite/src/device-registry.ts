import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { ClawError, type Clock, type DeviceRegistry } from "@claw/core";
import { deviceFrom, requestFrom } from "./device-rows.ts";
import { checkRoom, type DeviceDatabase } from "./own-devices.ts";

const REQUEST_TTL_MS = 5 * 60_000;
const MAX_REQUESTS = 64;
const MAX_REQUESTS_OF_NETWORK = 16;
/** A device that connects more often is not written down each time. */
const SEEN_EVERY_MS = 60_000;

/** Devices as the handshake needs them, before there is a principal. */
export function sqliteDeviceRegistry(open: () => DeviceDatabase, clock: Clock): DeviceRegistry {
  return {
    async find(id) {
      const { database, statements } = open();
      return database.read(() => {
        const row = statements.device.get({ id });
        if (row === undefined) return undefined;
        const { owner, ownerKind: kind, tenant } = row;
        return { ...deviceFrom(row, statements), principal: { id: owner, kind, tenant } };
      });
    },

    async checkToken(id, role, hash) {
      const { database, statements } = open();
      const token = database.read(() => statements.tokens.all({ id, role })).find((one) => one.hash === hash);
      if (token === undefined) return undefined;
      const now = clock.now();
      const lastSeenMs = statements.device.get({ id })?.lastSeenAt.getTime() ?? 0;
      // A full disk keeps nobody out.
      if (now.getTime() - lastSeenMs >= SEEN_EVERY_MS) {
        database.write(() => statements.seen.run({ id, now })).catch(() => {});
      }
      return token.scopes;
    },

    async pair({ device: id, profile, role, principal, token }) {
      const { database, statements } = open();
      await database.write(() => {
        const now = clock.now();
        const known = statements.device.get({ id });
        const { id: owner, tenant, kind } = principal;
        if (known !== undefined && (known.owner !== owner || known.tenant !== tenant)) {
          throw new ClawError("STORE_FORBIDDEN", `device ${id} belongs to somebody else; they can remove it`);
        }
        if (known === undefined) checkRoom(statements, { tenant, owner });
        statements.putDevice.run({ id, tenant, owner, kind, profile, via: "secret", now });
        const granted = statements.grant.get({ id, role })?.scopes ?? [];
        const scopes = [...new Set([...granted, ...token.scopes])];
        statements.putGrant.run({ id, role, scopes, now, offered: undefined });
        const held = statements.tokens.all({ id, role });
        const kept = held.at(-1);
        for (const { hash } of held) if (hash !== kept?.hash) statements.dropToken.run({ hash });
        statements.putToken.run({ id, role, hash: token.hash, scopes, now });
        statements.dropRequestOf.run({ id });
      });
    },

    async collectToken(id, role, hash) {
      const { database, statements } = open();
      return database.write(() => {
        const scopes = statements.grant.get({ id, role })?.offered;
        if (!scopes) return undefined;
        statements.offer.run({ id, role, offered: undefined });
        statements.putToken.run({ id, role, hash, scopes, now: clock.now() });
        return scopes;
      });
    },

    async request({ tenant, device: id, network, role, scopes, reason, ...profile }) {
      const { database, statements } = open();
      const asked = { tenant, device: id, role, scopes, reason, profile };
      const now = clock.now();
      const waiting = database.read(() => statements.requestOf.get({ id }));
      if (waiting !== undefined && waiting.expiresAt > now) {
        const { owner: _, id: __, createdAt: ___, expiresAt: ____, network: _____, ...same } = waiting;
        if (isDeepStrictEqual(same, asked)) return requestFrom(waiting);
      }
      return database.write(() => {
        statements.dropExpired.run({ now });
        statements.dropRequestOf.run({ id });
        const counts = statements.countRequests.get({ network });
        if (counts === undefined || counts.all >= MAX_REQUESTS || counts.ofNetwork >= MAX_REQUESTS_OF_NETWORK) {
          return undefined;
        }
        const owner = statements.device.get({ id })?.owner ?? null;
        const expiresAt = new Date(now.getTime() + REQUEST_TTL_MS);
        statements.putRequest.run({ request: randomUUID(), owner, id, network, now, expiresAt, ...asked });
        const row = statements.requestOf.get({ id });
        return row && requestFrom(row);
      });
    },
  };
}
