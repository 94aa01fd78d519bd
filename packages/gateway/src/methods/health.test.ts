import { expect, test } from "vitest";
import { configFile } from "../config-file.fixture.ts";
import { connectClient } from "../connect.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";

test("a status says of what there is not that there is none, and leaves out what only others have", async () => {
  await using started = await startGateway();
  const { payload } = await (await connectClient(started.gateway)).request("status");
  expect(payload).toMatchObject({
    channelSummary: [],
    queuedSystemEvents: [],
    degradedPlugins: [],
    degradedSecretOwners: [],
    lateRuns: [],
    modelRuntime: { state: "none", model: null, available: 0, listed: 0 },
    workerPools: { turns: { places: 128, turnsRunning: 0, turnsWaiting: 0, turnsLate: 0 }, sandboxes: { held: 0 } },
  });
  expect(payload).not.toHaveProperty("hostDesktop");
  const { eventLoop } = payload as unknown as { readonly eventLoop: { readonly utilization: number } };
  expect(Object.keys(eventLoop)).toEqual(["utilization"]);
  expect(eventLoop.utilization).toBeGreaterThanOrEqual(0);
  expect(eventLoop.utilization).toBeLessThanOrEqual(1);
});

test("a status tells how late the event loop is, which model answers, and whose secret is missing", async () => {
  const owner = { ownerKind: "provider", ownerId: "p", degradationState: "stale", paths: ["x"], reason: "y" } as const;
  const row = { ref: "p/m", name: "M", provider: "p", available: false, roles: ["default"] };
  const other = { ...row, ref: "p/n", available: true, roles: [] };
  await using started = await startGateway({
    eventLoop: () => ({ p50Ms: 0.123, p99Ms: 4.5, maxMs: 20, forMs: 60_000 }),
    models: { resolve: async () => Promise.reject(new Error("none")), list: () => [row, other] },
    config: configFile({ degradedSecretOwners: () => [owner] }),
    limits: { concurrentTurns: 7 },
  });
  const { payload } = await (await connectClient(started.gateway)).request("status");
  expect(payload).toMatchObject({
    eventLoop: { delayP50Ms: 0.12, delayP99Ms: 4.5, delayMaxMs: 20, intervalMs: 60_000 },
    modelRuntime: { state: "unavailable", model: "p/m", available: 1, listed: 2 },
    degradedSecretOwners: [owner],
    workerPools: { turns: { places: 7 } },
  });
});
