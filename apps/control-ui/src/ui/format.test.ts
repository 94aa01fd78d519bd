import { expect, test } from "vitest";
import { formatAgo, formatCount, formatMs, formatTokens } from "./format.ts";

test("durations are as short as they read well", () => {
  const samples = [0, 0.42, 3, 9.96, 38.4, 999.4, 999.6, 1_000, 1_240, 12_300, 59_949, 125_000];
  expect(samples.map(formatMs)).toEqual([
    ...["0 ms", "0.4 ms", "3 ms", "10 ms", "38 ms", "999 ms", "1 s", "1 s", "1.24 s", "12.3 s", "59.9 s", "2 min 5 s"],
  ]);
});

test("how long ago is one word, and a date after a week", () => {
  const now = Date.UTC(2025, 5, 20, 12);
  const ago = (milliseconds: number) => formatAgo(now - milliseconds, now, "en");
  expect([ago(-5_000), ago(30_000), ago(300_000), ago(26 * 3_600_000)]).toEqual([
    ...["now", "now", "5 min. ago", "yesterday"],
  ]);
  expect(ago(10 * 86_400_000)).toBe("Jun 10, 2025");
});

test("one is not plural", () => {
  expect([formatCount(1, "line"), formatCount(2, "line")]).toEqual(["1 line", "2 lines"]);
});

test("tokens are two or three digits", () => {
  const samples = [0, 950, 1_000, 1_249, 12_345, 128_000, 999_499, 999_500, 1_048_576];
  expect(samples.map(formatTokens)).toEqual(["0", "950", "1k", "1.2k", "12.3k", "128k", "999k", "1M", "1M"]);
});
