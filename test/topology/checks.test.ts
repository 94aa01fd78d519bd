import { describe, expect, test } from "vitest";
import { apiTable, publishGaps } from "./api.ts";
import { lengthOf, median, tooLong } from "./budget.ts";
import { runsContract } from "./contract.ts";
import { databaseViolations } from "./databases.ts";
import { allowedImports, importViolation } from "./layers.ts";
import { leaks } from "./leaks.ts";
import { moduleShape } from "./modules.ts";
import { readmeGaps } from "./readme.ts";

const member = (shortName: string, kind = "packages") => ({ folder: `${kind}/${shortName}`, shortName });

describe("the layer check", () => {
  test.each([
    ["core", "src/a.ts", "@claw/protocol"],
    ["client", "src/a.ts", "@claw/core"],
    ["store-sqlite", "src/a.ts", "@claw/store-postgres"],
    ["channels-telegram", "src/a.ts", "@claw/router"],
    ["agent", "src/a.ts", "@claw/models"],
    ["gateway", "src/a.ts", "@claw/agent"],
    ["gateway", "src/a.ts", "claw-gateway"],
    ["gateway", "src/a.test.ts", "claw-gateway"],
    ["agent", "src/a.ts", "@claw/core/testing"],
    ["agent", "src/a.ts", "../../core/src/errors.ts"],
    ["utils", "src/a.ts", "@claw/core"],
  ])("refuses that %s in %s imports %s", (shortName, file, specifier) => {
    const one = member(shortName);
    expect(importViolation(one, `${one.folder}/${file}`, specifier)).toContain(specifier);
  });

  test.each([
    ["agent", "src/a.ts", "@claw/core"],
    ["agent", "src/a.ts", "./b.ts"],
    ["agent", "src/turn/a.ts", "../b.ts"],
    ["agent", "src/a.ts", "zod"],
    ["agent", "src/a.test.ts", "@claw/models"],
    ["gateway", "src/fixtures/a.ts", "@claw/store-sqlite"],
    ["gateway", "src/a.fixture.ts", "@claw/store-sqlite"],
    ["agent", "src/a.test.ts", "@claw/core/testing"],
    ["channels-telegram", "src/a.ts", "@claw/channels-core"],
  ])("lets %s in %s import %s", (shortName, file, specifier) => {
    const one = member(shortName);
    expect(importViolation(one, `${one.folder}/${file}`, specifier)).toBeUndefined();
  });

  test("lets an app import any package", () => {
    expect(importViolation(member("gateway", "apps"), "apps/gateway/src/main.ts", "@claw/agent")).toBeUndefined();
  });

  test("does not take channels-core for an adapter", () => {
    expect(allowedImports("channels-core")).toEqual(["core"]);
  });
});

describe("the parser", () => {
  test("sees static, dynamic and type imports and re-exports, and no import in a string or comment", () => {
    const code = `
      import a from "one"; import type { B } from "two"; export { c } from "three"; export type { D } from "four";
      const lazy = () => import("five"); type E = import("six").E; import "seven"; export * as f from "eight";
      // import "comment"
      const text = 'import x from "string"';`;
    expect([...moduleShape("a.ts", code).imports].sort()).toEqual(
      ["one", "two", "three", "four", "five", "six", "seven", "eight"].sort(),
    );
  });

  test("sees default and star exports", () => {
    expect(moduleShape("a.ts", "export default 1").hasDefaultExport).toBe(true);
    expect(moduleShape("a.ts", "const a = 1; export { a as default }").hasDefaultExport).toBe(true);
    expect(moduleShape("a.ts", 'export * from "./b.ts"').hasStarExport).toBe(true);
    expect(moduleShape("a.ts", "export const a = 1")).toMatchObject({ hasDefaultExport: false, hasStarExport: false });
  });

  test("refuses a file that does not parse", () => {
    expect(() => moduleShape("a.ts", "export {")).toThrow("does not parse");
  });
});

describe("the table of public names", () => {
  const exports = { ".": { "@claw/source": "./src/index.ts" }, "./package.json": "./package.json" };

  test("lists values and types of each entry", () => {
    const code =
      "export interface B {} export const a = 1; export type { C } from './c.ts'; export { type D, e } from './d.ts';";
    expect(apiTable({ name: "@claw/x", exports }, () => code)).toEqual([
      "@claw/x a",
      "@claw/x e",
      "@claw/x type B",
      "@claw/x type C",
      "@claw/x type D",
    ]);
  });

  test("sees an export that is not published", () => {
    const manifest = { name: "@claw/x", exports, publishConfig: { exports: { ".": {}, "./extra": {} } } };
    expect(publishGaps(manifest)).toEqual([
      "@claw/x: ./package.json is not published",
      "@claw/x: ./extra exists only when published",
    ]);
  });
});

describe("the file budget", () => {
  test("names a file over the limit and not one at it", () => {
    const long = lengthOf("long.ts", "a\n".repeat(401));
    expect(tooLong([long, lengthOf("fine.ts", "a\n".repeat(400))])).toEqual(["long.ts: 401 lines"]);
  });

  test("takes the lower of two middles", () => {
    expect(median([1, 4, 9, 2].map((lines) => ({ path: "a.ts", lines })))).toBe(2);
  });
});

describe("the contract check", () => {
  const call = "for (const one of storeContract({ create })) test(one.name, one.run);";

  test("finds a call of an imported suite", () => {
    expect(runsContract("a.ts", `import { storeContract } from "@claw/core/testing"; ${call}`)).toBe(true);
  });

  test.each([
    ["no import", call],
    ["an import from elsewhere", `import { storeContract } from "./mine.ts"; ${call}`],
    ["an import that is never called", 'import { storeContract } from "@claw/core/testing"; test("a", () => {});'],
  ])("is not satisfied by %s", (_case, code) => {
    expect(runsContract("a.ts", code)).toBe(false);
  });
});

test("the leak check finds machine paths and registry hosts, and passes relative paths", () => {
  const machinePath = ["", "work", "main", "x"].join("/");
  const host = ["https:/", ["npm", "corp", "example"].join("."), "x"].join("/");
  expect(leaks("a.md", `see ${machinePath} and ${host}`)).toHaveLength(2);
  expect(leaks("a.md", `~/claw .${machinePath} network${machinePath}`)).toEqual([]);
});

test("the README check finds what is missing", () => {
  expect(readmeGaps("@claw/x", undefined)).toEqual(["@claw/x: no README.md"]);
  expect(readmeGaps("@claw/x", "# X\n")).toHaveLength(3);
  expect(readmeGaps("@claw/x", "# @claw/x\n\nDoes one thing.\n\n```ts\nx();\n```\n")).toEqual([]);
});

describe("the check of database files", () => {
  const store = "packages/store-sqlite/src";
  test.each([
    ["packages/gateway/src/a.ts", 'import Sqlite from "better-sqlite3";'],
    ["apps/cli/src/a.ts", 'import { DatabaseSync } from "node:sqlite";'],
    [`${store}/reads.ts`, 'import Sqlite from "better-sqlite3";'],
    [`${store}/reads.ts`, 'closeSync(openSync(path, "r"));'],
    ["apps/cli/src/a.ts", 'await copyFile(join(stateDir, "state/claw.db"), target);'],
    ["scripts/backup.sh", 'cp "$dir/sessions.db" "$target"'],
  ])("refuses in %s: %s", (path, text) => {
    expect(databaseViolations(path, text)).toHaveLength(1);
  });

  test.each([
    [`${store}/database.ts`, 'import Sqlite from "better-sqlite3";'],
    [`${store}/private-files.ts`, 'closeSync(openSync(path, "wx", 0o600));'],
    ["apps/gateway/src/state-dir.ts", 'const first = !existsSync(join(stateDir, "state", "claw.db"));'],
    ["packages/gateway/src/a.ts", "this.db.close();"],
  ])("lets %s have: %s", (path, text) => {
    expect(databaseViolations(path, text)).toEqual([]);
  });
});
