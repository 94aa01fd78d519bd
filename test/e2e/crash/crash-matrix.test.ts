import { sqliteStore } from "@claw/store-sqlite";
import { describe, expect, test } from "vitest";
import { bundleCrashingGateway } from "./bundle.ts";
import { checkWorld } from "./check.ts";
import { createWorld } from "./world.ts";

/** How often one point is tried: a reading one is passed as often as time allows. */
const MOST_PASSINGS = 12;

const program = await bundleCrashingGateway();

/** The points that a gateway passes when nothing happens to it, with how often. */
async function rehearse(): Promise<ReadonlyMap<string, number>> {
  await using world = await createWorld(program);
  expect(await world.live()).toBe("stopped");
  await checkWorld(world, 0);
  const points = world.events.filter((event) => !event.startsWith("model ")).map((event) => event.split(" "));
  const passings = Map.groupBy(points, ([what, when]) => `${what} ${when}`);
  return new Map([...passings].map(([point, times]) => [point, times.length]));
}

const passings = await rehearse();

test("every method of the journal is passed, so that none is left out below", () => {
  const { journal } = sqliteStore({ stateDir: "/nowhere" });
  const points = Object.keys(journal).flatMap((method) => [`journal.${method} before`, `journal.${method} after`]);
  expect([...passings.keys()]).toEqual(expect.arrayContaining(points));
});

describe.concurrent("a gateway killed once", () => {
  for (const [point, times] of passings) {
    test(`at each “${point}” loses nothing and does nothing twice`, async () => {
      let killed = 0;
      for (let nth = 1; nth <= Math.min(times, MOST_PASSINGS); nth++) {
        await using world = await createWorld(program);
        if ((await world.live({ point, nth })) === "killed") {
          killed += 1;
          expect(await world.live(), `${point} ${nth}`).toBe("stopped");
        }
        await checkWorld(world, 1);
      }
      expect(killed).toBeGreaterThan(0);
    });
  }
});
