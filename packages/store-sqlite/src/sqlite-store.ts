import { join } from "node:path";
import {
  type Audit,
  type Clock,
  type FailedAttemptLog,
  type Logger,
  type Store,
  silentLogger,
  systemClock,
} from "@claw/core";
import { agentDatabases } from "./agent-databases.ts";
import { approvalKind, inquiryKind } from "./ask-kinds.ts";
import { askStatements } from "./ask-statements.ts";
import { type AskDatabase, ownAsks, sqliteAsks, sqliteGrant } from "./asks.ts";
import { sqliteAudit } from "./audit.ts";
import { collectionsFor } from "./collections.ts";
import { type Database, openDatabase } from "./database.ts";
import { sqliteDeviceRegistry } from "./device-registry.ts";
import { deviceStatements } from "./device-statements.ts";
import { storeClosed } from "./errors.ts";
import { sqliteFailedAttempts } from "./failed-attempts.ts";
import { inboxIndex } from "./inbox-index.ts";
import { sqliteJournal } from "./journal.ts";
import { stateMigrations } from "./migrations.ts";
import { type DeviceDatabase, ownDevices } from "./own-devices.ts";
import { sqliteStarts } from "./starts.ts";
import { createTroubles } from "./troubles.ts";

export interface SqliteStoreOptions {
  /** Holds `agents/<id>/sessions/sessions.db` and `state/claw.db`; made with mode 0700 when missing. */
  readonly stateDir: string;
  readonly clock?: Clock;
  readonly log?: Logger;
}

export interface SqliteStore extends Store {
  /** A table in `state/claw.db`. Rejects with `STORE_UNWRITABLE` when the record can't be written. */
  readonly audit: Audit;
  /** A table in `state/claw.db`. */
  readonly failedAttempts: FailedAttemptLog;
}

/** State in SQLite files of one directory. Nothing is touched before the first call; hold {@link lockStateDir} around it. */
export function sqliteStore({ stateDir, clock = systemClock, log = silentLogger }: SqliteStoreOptions): SqliteStore {
  const troubles = createTroubles(clock, log);
  const agents = agentDatabases(stateDir, clock, troubles);
  let state: Database | undefined;
  let closed = false;
  const openState = () => {
    if (closed) throw storeClosed();
    state ??= openDatabase(join(stateDir, "state", "claw.db"), stateMigrations, troubles);
    return state;
  };
  let devices: DeviceDatabase | undefined;
  const openDevices = () => {
    const database = openState();
    devices ??= { database, statements: deviceStatements(database.client) };
    return devices;
  };

  let asks: AskDatabase | undefined;
  const openAsks = () => {
    const database = openState();
    asks ??= { database, statements: askStatements(database.client) };
    return asks;
  };

  const inboxes = inboxIndex(openState, agents);

  return {
    async migrate() {
      openState();
      const { length } = agents.all();
      await inboxes.ready();
      log.debug("the store is at its newest schema", { stateDir, agents: length });
    },
    as: (principal) => ({
      ...collectionsFor(agents, principal, clock),
      devices: ownDevices(openDevices, principal, clock),
      approvals: ownAsks(openAsks, agents, approvalKind, principal, clock),
      inquiries: ownAsks(openAsks, agents, inquiryKind, principal, clock),
    }),
    approvals: { ...sqliteAsks(openAsks, approvalKind, clock), grant: (asked) => sqliteGrant(openAsks, asked) },
    inquiries: sqliteAsks(openAsks, inquiryKind, clock),
    devices: sqliteDeviceRegistry(openDevices, clock),
    journal: sqliteJournal(agents, inboxes, clock),
    starts: sqliteStarts(openState, clock),
    troubles: troubles.all,
    audit: sqliteAudit(openState, clock),
    failedAttempts: sqliteFailedAttempts(openState, clock),
    async [Symbol.asyncDispose]() {
      closed = true;
      agents.close();
      state?.close();
    },
  };
}
