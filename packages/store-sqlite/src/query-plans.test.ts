import { systemClock } from "@claw/core";
import { expect, test } from "vitest";
import { agentDatabases } from "./agent-databases.ts";
import { askStatements } from "./ask-statements.ts";
import { openDatabase } from "./database.ts";
import { deviceStatements } from "./device-statements.ts";
import { stateMigrations } from "./migrations.ts";
import { session } from "./testing/fixtures.ts";
import { stateDirectory } from "./testing/state-directory.ts";

test("no statement about devices reads a whole table but the one of requests, which is short", () => {
  using directory = stateDirectory();
  const database = openDatabase(`${directory.path}/claw.db`, stateMigrations);
  const plans = Object.entries(deviceStatements(database.client)).flatMap(([name, statement]) => {
    const { sql, params } = statement.getQuery();
    const steps = database.client
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(params.map(() => null));
    return steps.map(({ detail }) => `${name}: ${detail}`);
  });
  expect(plans.filter((plan) => / SCAN /.test(plan) && !plan.endsWith("SCAN device_requests"))).toEqual([]);
  database.close();
});

test("no statement about what waits for people reads the whole table or sorts it", () => {
  using directory = stateDirectory();
  const database = openDatabase(`${directory.path}/claw.db`, stateMigrations);
  const plans = Object.entries(askStatements(database.client)).flatMap(([name, statement]) => {
    const { sql, params } = statement.getQuery();
    const steps = database.client
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(params.map(() => null));
    return steps.map(({ detail }) => `${name}: ${detail}`);
  });
  expect(plans.filter((plan) => / SCAN (?!.*asks_waiting|json_each)|ORDER BY/.test(plan))).toEqual([]);
  database.close();
});

test("no statement reads a whole table", () => {
  using directory = stateDirectory();
  const databases = agentDatabases(directory.path, systemClock);
  const { client, edits, journal, members, outbox, reads } = databases.create(session);
  const statements = Object.entries({ ...edits, ...journal, ...members, ...outbox, ...reads });
  const plans = statements.flatMap(([name, statement]) => {
    const { sql, params } = statement.getQuery();
    const steps = client
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(params.map(() => null));
    return steps.map(({ detail }) => `${name}: ${detail}`);
  });
  expect(plans.length).toBeGreaterThan(statements.length / 2);
  expect(plans.filter((plan) => /: SCAN (?!.*\b(runs_unfinished|outbox_unsettled|json_each)\b)/.test(plan))).toEqual(
    [],
  );
  expect(plans.filter((plan) => plan.includes("ORDER BY") && !/^(unknownEffects|sharedSessions):/.test(plan))).toEqual(
    [],
  );
  databases.close();
});
