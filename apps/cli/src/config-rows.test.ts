import { stripVTControlCharacters } from "node:util";
import type { ConfigReload } from "@claw/protocol";
import { expect, test } from "vitest";
import { configRows } from "./config-rows.ts";

const rows = (reload: Partial<ConfigReload>) =>
  configRows({ hotReloadStatus: "ok", issues: [], restartRequired: [], ...reload }).map((row) =>
    row.map(stripVTControlCharacters),
  );
const issues = [{ path: "agents.lsit", message: "unknown key", line: 7 }];

test("nothing is said of a configuration that is all in use", () => {
  expect(configRows(undefined)).toEqual([]);
  expect(rows({})).toEqual([]);
});

test("a start with something else than the file says with what, and where the mistakes are", () => {
  const lastGoodAtMs = Date.UTC(2026, 0, 2, 3, 4);
  expect(rows({ hotReloadStatus: "rejected", issues, startedWith: { lastGoodAtMs } })).toEqual([
    [
      "Config",
      "the file has mistakes: the last version that worked is used, of 2026-01-02 03:04 UTC",
      "· agents.lsit (line 7): unknown key",
    ],
  ]);
  const [row] = rows({ hotReloadStatus: "rejected", issues, startedWith: { leftOut: ["logging", "channels"] } });
  expect(row?.[1]).toBe("the file has mistakes: it is used without logging, channels");
});

test("a change that is not used, in part or at all, and what waits for a restart are told", () => {
  expect(rows({ hotReloadStatus: "rejected", issues })[0]?.[1]).toContain("what was right before is used");
  expect(rows({ hotReloadStatus: "partial", issues })[0]?.[1]).toContain("is as it was");
  expect(rows({ restartRequired: ["gateway.port"] })).toEqual([["Config", "waits for a restart: gateway.port"]]);
});

test("of many mistakes the first five are shown, and none can move the cursor", () => {
  const many = Array.from({ length: 8 }, (_, index) => ({ path: `a${index}`, message: "x\u001b[2Jy" }));
  const [row = []] = rows({ hotReloadStatus: "rejected", issues: many });
  expect(row.slice(2)).toHaveLength(6);
  expect(row.at(-1)).toBe("· and 3 more");
  expect(row.join("")).not.toContain("\u001b");
});
