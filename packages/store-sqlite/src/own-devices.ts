import { ClawError, type Clock, hasScope, type OwnDevices, type Principal, type StoreErrorCode } from "@claw/core";
import type { Database } from "./database.ts";
import { type DeviceRow, deviceFrom, requestFrom } from "./device-rows.ts";
import type { DeviceStatements } from "./device-statements.ts";
import { viewerOf } from "./visible.ts";

/** State that is opened at its first use. */
export interface DeviceDatabase {
  readonly database: Database;
  readonly statements: DeviceStatements;
}

const MAX_DEVICES_OF_ONE = 256;

/** Rejects one more device of somebody who has enough. */
export function checkRoom(
  statements: DeviceStatements,
  whose: { readonly tenant: string; readonly owner: string },
): void {
  if ((statements.countDevices.get({ ...whose })?.paired ?? 0) < MAX_DEVICES_OF_ONE) return;
  const message = `${whose.owner} has ${MAX_DEVICES_OF_ONE} paired devices, which is the most; remove one that is not in use`;
  throw new ClawError<StoreErrorCode>("STORE_FULL", message);
}

/** What `principal` may see and change of the devices. The statements hold the wall. */
export function ownDevices(open: () => DeviceDatabase, principal: Principal, clock: Clock): OwnDevices {
  const viewer = { ...viewerOf(principal), tenant: hasScope(principal, "pairing") ? principal.tenant : null };

  function read<Result>(query: (statements: DeviceStatements) => Result): Result {
    const { database, statements } = open();
    return database.read(() => query(statements));
  }

  async function write<Result>(work: (statements: DeviceStatements) => Result): Promise<Result> {
    const { database, statements } = open();
    return database.write(() => work(statements));
  }

  const edit = (id: string, change: (statements: DeviceStatements, row: DeviceRow) => boolean) =>
    write((statements) => {
      const row = statements.ownDevice.get({ id, ...viewer });
      if (row === undefined || !change(statements, row)) return undefined;
      const changed = statements.device.get({ id });
      return deviceFrom(changed ?? row, statements);
    });

  const replace = (
    id: string,
    role: string,
    offered?: readonly string[],
    put: (statements: DeviceStatements) => void = () => {},
  ) =>
    edit(id, (statements) => {
      if (statements.grant.get({ id, role }) === undefined) return false;
      statements.dropTokens.run({ id, role });
      statements.offer.run({ id, role, offered });
      put(statements);
      return true;
    });

  return {
    list: async () =>
      read((statements) => statements.ownDevices.all({ ...viewer }).map((row) => deviceFrom(row, statements))),
    requests: async () =>
      read(({ openRequests }) => openRequests.all({ ...viewer, now: clock.now() }).map(requestFrom)),
    approve: (request) =>
      write((statements) => {
        const now = clock.now();
        const asked = statements.openRequest.get({ request, ...viewer, now });
        if (asked === undefined) return undefined;
        const { device: id, role, profile } = asked;
        const { tenant, id: owner, kind } = principal;
        if (statements.device.get({ id }) === undefined) checkRoom(statements, { tenant, owner });
        statements.dropRequestOf.run({ id });
        statements.putDevice.run({ id, tenant, owner, kind, profile, via: "approval", now });
        const granted = statements.grant.get({ id, role });
        const scopes = [...new Set([...(granted?.scopes ?? []), ...asked.scopes])];
        const { changes: held } = statements.widenTokens.run({ id, role, scopes });
        statements.putGrant.run({ id, role, scopes, now, offered: held === 0 ? scopes : undefined });
        const row = statements.device.get({ id });
        return row && deviceFrom(row, statements);
      }),
    reject: (request) =>
      write((statements) => {
        const asked = statements.openRequest.get({ request, ...viewer, now: clock.now() });
        if (asked !== undefined) statements.dropRequestOf.run({ id: asked.device });
        return asked && requestFrom(asked);
      }),
    rename: (id, label) => edit(id, ({ rename }) => rename.run({ id, label, ...viewer }).changes > 0),
    remove: (id) =>
      write((statements) => {
        const row = statements.ownDevice.get({ id, ...viewer });
        if (row === undefined) return undefined;
        const removed = deviceFrom(row, statements);
        statements.dropRequestOf.run({ id });
        statements.remove.run({ id, ...viewer });
        return removed;
      }),
    replaceToken: (id, role, token) =>
      replace(id, role, undefined, ({ putToken }) => putToken.run({ id, role, ...token, now: clock.now() })),
    offerToken: (id, role, scopes) => replace(id, role, scopes),
    revokeToken: (id, role) => replace(id, role),
  };
}
