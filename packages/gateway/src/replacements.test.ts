import { silentLogger } from "@claw/core";
import { expect, test } from "vitest";
import { manualClock } from "./manual-clock.fixture.ts";
import { createReplacements } from "./replacements.ts";

function setUp() {
  const clock = manualClock();
  const warnings: string[] = [];
  const log = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
  return { clock, warnings, replacements: createReplacements(clock, log) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("the first loss is replaced at once, the next ones ever more slowly and no slower than half a minute", async () => {
  const { clock, replacements } = setUp();
  for (const expectedMs of [0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    replacements.lost("s", "out of memory");
    let ready = false;
    void replacements.ready("s").then(() => {
      ready = true;
    });
    if (expectedMs > 0) {
      clock.advance(expectedMs - 1);
      await settled();
      expect(ready).toBe(false);
      clock.advance(1);
    }
    await settled();
    expect(ready).toBe(true);
  }
  await replacements.ready("another");
});

test("the third loss in a row is told, until nothing was lost for a while", async () => {
  const { clock, warnings, replacements } = setUp();
  replacements.lost("s", "out of memory");
  replacements.lost("s", "out of memory");
  expect([replacements.trouble, warnings]).toEqual([undefined, []]);
  replacements.lost("s", "its container ended with 137");
  expect(replacements.trouble).toBe("A sandbox was lost 3 times in a row: its container ended with 137");
  expect(warnings).toEqual(["a sandbox keeps getting lost"]);
  clock.advance(5 * 60_000);
  expect(replacements.trouble).toBeUndefined();
  await replacements.ready("s");
});
