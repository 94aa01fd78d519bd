import { array, assert, asyncProperty, integer } from "fast-check";
import { expect, test } from "vitest";
import { bundleCrashingGateway } from "./bundle.ts";
import { checkWorld } from "./check.ts";
import { createWorld } from "./world.ts";

const WORLDS = 15;
/** A whole life passes about 140 points; a start that finds work passes its first ones while it recovers. */
const passing = integer({ min: 1, max: 90 });

const program = await bundleCrashingGateway();

test("a gateway killed again and again, also while it recovers, loses nothing and does nothing twice", {
  timeout: 400_000,
}, async () => {
  const property = asyncProperty(array(passing, { minLength: 2, maxLength: 6, size: "max" }), async (kills) => {
    await using world = await createWorld(program);
    for (const nth of kills) await world.live({ nth });
    expect(await world.live()).toBe("stopped");
    await checkWorld(world, kills.length);
  });
  await assert(property, { numRuns: WORLDS, endOnFailure: true });
});
