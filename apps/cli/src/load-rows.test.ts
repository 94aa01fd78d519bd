import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { loadRows } from "./load-rows.ts";

const rows = (...[load]: Parameters<typeof loadRows>) => loadRows(load).map((row) => row.map(stripVTControlCharacters));
const turns = { places: 64, turnsRunning: 3, turnsWaiting: 0, turnsLate: 0 };

test("what the gateway has to do is one line", () => {
  const load = {
    workerPools: { turns: { ...turns, turnsWaiting: 2 }, sandboxes: { held: 1 } },
    eventLoop: { utilization: 0.124, delayP50Ms: 0.2, delayP99Ms: 12, delayMaxMs: 340.4, intervalMs: 1 },
    processMemory: { rss: 190 * 1024 * 1024, heapUsed: 1 },
  };
  expect(rows(load)).toEqual([
    [
      "Load",
      "3 of 64 turns, 2 waiting · 1 sandbox · event loop 12 % busy, late by 0.2 ms (p50), 12.0 ms (p99), 340 ms at most · 190 MiB",
    ],
  ]);
});

test("what is not watched is not told, and an older gateway says nothing", () => {
  const load = { workerPools: { turns, sandboxes: { held: 0 } }, eventLoop: { utilization: 0 } };
  expect(rows(load)).toEqual([["Load", "3 of 64 turns · event loop 0 % busy"]]);
  expect(rows({})).toEqual([]);
});

test("secrets that are missing are told with whose they are and what is in use", () => {
  const owner = { ownerKind: "provider", ownerId: "openai", paths: ["x"], reason: "KEY is not\u001b[2J set" } as const;
  const degradedSecretOwners = [
    { ...owner, degradationState: "stale" },
    { ...owner, ownerId: "other", degradationState: "cold" },
  ] as const;
  const [row = []] = rows({ degradedSecretOwners });
  expect(row[1]).toMatch(/^✗ provider openai: KEY is not.* set \(the last one is in use\)$/);
  expect(row[2]).toContain("(there is none)");
  expect(row.join("")).not.toContain("\u001b");
});
