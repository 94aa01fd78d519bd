import { expect, test } from "vitest";
import { connectClient } from "../connect.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";

test("a status says of what there is not that there is none, and leaves out what only others have", async () => {
  await using started = await startGateway();
  const { payload } = await (await connectClient(started.gateway)).request("status");
  expect(payload).toMatchObject({ channelSummary: [], queuedSystemEvents: [], degradedPlugins: [], lateRuns: [] });
  for (const key of ["hostDesktop", "workerPools", "modelRuntime"]) expect(payload).not.toHaveProperty(key);
});
