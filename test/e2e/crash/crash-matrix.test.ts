import { sqliteStore } from "@claw/store-sqlite";
import { describe, expect, test } from "vitest";
import { bundleCrashingGateway } from "./bundle.ts";
import { checkWorld } from "./check.ts";
import type { CrashAt } from "./messages.ts";
import { createWorld } from "./world.ts";

interface Story {
  readonly told: string;
  /** Kills that came before. */
  readonly earlier: readonly CrashAt[];
  /** How often one point is tried; those of reading are passed as often as time allows. */
  readonly mostPassings: number;
}

const stories: readonly Story[] = [
  { told: "a gateway killed once", earlier: [], mostPassings: 12 },
  {
    told: "a gateway killed in the middle of its work, and again after the next start",
    earlier: [{ point: "journal.effectStarted after", nth: 2 }],
    mostPassings: 2,
  },
];

/** Of one point, on a machine that does other things too. */
const LIMIT_MS = 400_000;

/** Some points are passed only when messages come at the right time: the story is told again until one is. */
const MAX_RETELLINGS = 10;

const program = await bundleCrashingGateway();

/** The points that the story's last gateway passes when nothing happens to it, with how often. */
async function rehearse({ earlier }: Story): Promise<ReadonlyMap<string, number>> {
  await using world = await createWorld(program);
  for (const kill of earlier) await world.live(kill);
  const { length: past } = world.events;
  expect(await world.live()).toBe("stopped");
  await checkWorld(world, earlier.length);
  const passed = world.events.slice(past).filter((event) => !event.startsWith("model "));
  const passings = Map.groupBy(passed, (event) => event.split(" ").slice(0, 2).join(" "));
  return new Map([...passings].map(([point, times]) => [point, times.length]));
}

const rehearsed = await Promise.all(stories.map(async (story) => ({ ...story, passings: await rehearse(story) })));

test("every method of the journal is passed, so that none is left out below", () => {
  const { journal } = sqliteStore({ stateDir: "/nowhere" });
  const points = Object.keys(journal).flatMap((method) => [`journal.${method} before`, `journal.${method} after`]);
  const passed = rehearsed.flatMap(({ passings }) => [...passings.keys()]);
  expect(passed).toEqual(expect.arrayContaining(points));
});

for (const { told, earlier, mostPassings, passings } of rehearsed) {
  describe.concurrent(told, () => {
    for (const [point, times] of passings) {
      test(`at each “${point}” loses nothing and does nothing twice`, { timeout: LIMIT_MS }, async () => {
        let killed = 0;
        const wanted = Math.min(times, mostPassings);
        for (let nth = 1, telling = 1; nth <= wanted && telling <= wanted + MAX_RETELLINGS; telling++) {
          await using world = await createWorld(program);
          for (const kill of earlier) expect(await world.live(kill)).toBe("killed");
          if ((await world.live({ point, nth })) === "killed") {
            killed += 1;
            expect(await world.live(), `${point} ${nth}`).toBe("stopped");
          }
          await checkWorld(world, earlier.length + 1);
          if (killed > 0) nth += 1;
        }
        expect(killed).toBeGreaterThan(0);
      });
    }
  });
}
