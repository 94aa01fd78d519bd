import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tailLogFile } from "./tail-log.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "claw-log-"));
});
afterAll(() => rm(folder, { recursive: true }));

const asItIs = (line: string): string => line;
const wide = { limit: 100, maxBytes: 1_000 };

test("a log that is not there yet has no lines", async () => {
  expect(await tailLogFile(() => join(folder, "none"), asItIs)(wide)).toMatchObject({ lines: [], cursor: 0, size: 0 });
});

test("a cursor gives what came since, and a half-written line waits for its end", async () => {
  const path = join(folder, "growing");
  const tail = tailLogFile(() => path, asItIs);
  await writeFile(path, "one\ntwo\nthr");
  const first = await tail(wide);
  expect(first).toMatchObject({ lines: ["one", "two"], truncated: false, reset: false });
  await appendFile(path, "ee\nfour\n");
  expect(await tail({ ...wide, cursor: first.cursor })).toMatchObject({ lines: ["three", "four"] });
});

test("a file that was put away starts the reader over", async () => {
  const path = join(folder, "rotated");
  await writeFile(path, "new\n");
  expect(await tailLogFile(() => path, asItIs)({ ...wide, cursor: 5_000 })).toMatchObject({
    lines: ["new"],
    reset: true,
  });
});

test("more than was asked for is cut at its beginning, at a line", async () => {
  const path = join(folder, "long");
  await writeFile(path, "first\nsecond\nthird\n");
  const tail = tailLogFile(() => path, asItIs);
  expect(await tail({ ...wide, limit: 2 })).toMatchObject({ lines: ["second", "third"], truncated: true });
  expect(await tail({ ...wide, maxBytes: 12 })).toMatchObject({ lines: ["third"], truncated: true });
  expect(await tail({ ...wide, maxBytes: 13 })).toMatchObject({ lines: ["second", "third"], truncated: true });
});

test("however a log grows and is read, a reader with a cursor gets every line once", async () => {
  const line = fc.stringMatching(/^[a-zé]{0,12}$/);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(line, fc.boolean()), { minLength: 1, maxLength: 20 }), async (steps) => {
      const path = join(folder, "property");
      await writeFile(path, "");
      const tail = tailLogFile(() => path, asItIs);
      const got: string[] = [];
      let cursor = 0;
      for (const [text, reads] of steps) {
        await appendFile(path, `${text}\n`);
        if (!reads) continue;
        const answer = await tail({ ...wide, cursor });
        got.push(...answer.lines);
        cursor = answer.cursor;
      }
      got.push(...(await tail({ ...wide, cursor })).lines);
      expect(got).toEqual(steps.map(([text]) => text));
    }),
    { numRuns: 50 },
  );
});

test("a secret that became known after it was written is not shown", async () => {
  const path = join(folder, "leaked");
  await writeFile(path, "asked with new-token\nfine\n");
  const tail = tailLogFile(
    () => path,
    (line) => line.replaceAll("new-token", "[redacted]"),
  );
  expect((await tail(wide)).lines).toEqual(["asked with [redacted]", "fine"]);
});
