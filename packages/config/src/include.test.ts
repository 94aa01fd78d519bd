import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "./load-config.ts";
import { located, merged, plain } from "./located.ts";
import { ConfigError } from "./problem.ts";

const created: string[] = [];
let directory: string;
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "claw-include-")));
  created.push(directory);
});
afterAll(() => {
  for (const path of created) rmSync(path, { recursive: true });
});

/** Writes files by name and loads `openclaw.json` of them. */
const load = (files: Readonly<Record<string, string>>, env = {}) => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return loadConfig({ path: join(directory, "openclaw.json"), env });
};

const refusal = async (files: Readonly<Record<string, string>>, env = {}): Promise<string> => {
  const error = await load(files, env).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error(`expected a ConfigError, got ${String(error)}`);
  return error.message;
};

describe("what a file includes", () => {
  test("stands in its place, keys beside it win, and of a list the later file wins", async () => {
    const { config, included } = await load({
      "openclaw.json":
        '{ gateway: { $include: "./g.json5" }, agents: { $include: ["a.json5", "b.json5"], list: [{ id: "z" }] } }',
      "g.json5": "{ port: 1, allowedHosts: ['one.example'] }",
      "a.json5": '{ defaults: { maxSteps: 1, timeoutSeconds: 5 }, list: [{ id: "a" }] }',
      "b.json5": '{ defaults: { maxSteps: 2 }, list: [{ id: "b" }] }',
    });
    expect(config.gateway).toMatchObject({ port: 1, allowedHosts: ["one.example"] });
    expect(config.agents.defaults).toMatchObject({ maxSteps: 2, timeoutSeconds: 5 });
    expect(config.agents.list.map(({ id }) => id)).toEqual(["a", "b", "z"]);
    expect(included.map(({ path }) => path)).toEqual(
      ["g.json5", "a.json5", "b.json5"].map((name) => join(directory, name)),
    );
  });

  test("is resolved from the including file, also at the root", async () => {
    const { config } = await load(
      {
        "openclaw.json": '{ $include: "parts/all.json5", logging: { level: "debug" } }',
        "parts/all.json5": '{ gateway: { $include: "./g.json5" }, logging: { level: "warn", file: "x" } }',
        "parts/g.json5": '{ port: 7, auth: { token: "${TOKEN}" } }',
      },
      { TOKEN: "t" },
    );
    expect(config.gateway).toMatchObject({ port: 7, auth: { token: "t" } });
    expect(config.logging).toEqual({ level: "debug", file: "x" });
  });

  test("counts for the hash", async () => {
    const root = '{ gateway: { $include: "g.json5" } }';
    const { hash: before } = await load({ "openclaw.json": root, "g.json5": "{ port: 1 }" });
    const { hash: after } = await load({ "g.json5": "{ port: 2 }" });
    expect(after).not.toBe(before);
  });

  test("merging keeps every key of both, and the one on top wins", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), fc.dictionary(fc.string(), fc.integer()), (base, over) => {
        const file = { path: "f", text: "" };
        expect(plain(merged(located(base, file), located(over, file)))).toEqual({ ...base, ...over });
      }),
    );
  });
});

describe("a mistake in an included file", () => {
  test("is shown with that file, line and column", async () => {
    const message = await refusal({
      "openclaw.json": '{\n  gateway: { $include: "g.json5" },\n}',
      "g.json5": "{\n  // mine\n  prot: 1,\n}",
    });
    expect(message).toContain(`gateway.prot (${join(directory, "g.json5")}, line 3, column 3): unknown key`);
    expect(message).toContain('did you mean "port"?');
    expect(message).toContain("    3 |   prot: •,");
  });

  test("of syntax names that file", async () => {
    const message = await refusal({ "openclaw.json": '{ gateway: { $include: "g.json5" } }', "g.json5": "{ a 1 }" });
    expect(message).toContain(`${join(directory, "g.json5")} has a problem`);
    expect(message).toContain("line 1, column 5");
  });
});

describe("an $include is refused", () => {
  test("when it leaves the directory, by name or by link, unless a root allows it", async () => {
    const outside = realpathSync(mkdtempSync(join(tmpdir(), "claw-outside-")));
    created.push(outside);
    writeFileSync(join(outside, "g.json5"), "{ port: 9 }");
    symlinkSync(join(outside, "g.json5"), join(directory, "link.json5"));
    for (const target of [join(outside, "g.json5"), `../${outside.split("/").at(-1)}/g.json5`, "link.json5"]) {
      const files = { "openclaw.json": `{\n  gateway: { $include: ${JSON.stringify(target)} },\n}` };
      const message = await refusal(files);
      expect(message).toContain("gateway.$include (line 2, column 24): $include leads out of");
      expect((await load(files, { OPENCLAW_INCLUDE_ROOTS: outside })).config.gateway.port).toBe(9);
      expect((await load(files, { CLAW_INCLUDE_ROOTS: `/nowhere:${outside}` })).config.gateway.port).toBe(9);
    }
  });

  test.each([
    ["that is missing", '{ gateway: { $include: "none.json5" } }', "there is no such file"],
    ["of itself", '{ gateway: { $include: "openclaw.json" } }', "includes itself"],
    ["of a directory", '{ gateway: { $include: "." } }', "leads out of"],
    ["that is no path", "{ gateway: { $include: 1 } }", "expected the path of a file"],
    ["with a NUL", '{ gateway: { $include: "a\\0b" } }', "this is not the path of a file"],
    ["that is too long", `{ gateway: { $include: "${"a/".repeat(3000)}" } }`, "this is not the path of a file"],
    ["of a list beside other keys", '{ gateway: { $include: "list.json5", port: 1 } }', "names no object"],
  ])("%s", async (_name, text, reason) => {
    expect(await refusal({ "openclaw.json": text, "list.json5": "[]" })).toContain(reason);
  });

  test("when files include each other in a circle, or deeper than ten", async () => {
    expect(
      await refusal({
        "openclaw.json": '{ $include: "a.json5" }',
        "a.json5": '{ $include: "b.json5" }',
        "b.json5": '{ gateway: { $include: "a.json5" } }',
      }),
    ).toContain("includes itself");
    const chain = (last: number) =>
      Object.fromEntries(
        Array.from({ length: last + 1 }, (_, index) => [
          index === 0 ? "openclaw.json" : `f${index}.json5`,
          index === last ? "{}" : `{ $include: "f${index + 1}.json5" }`,
        ]),
      );
    await load(chain(10));
    expect(await refusal(chain(11))).toContain("deeper than 10");
  });

  test("when the file is larger than 2 MB", async () => {
    writeFileSync(join(directory, "big.json5"), "{}");
    truncateSync(join(directory, "big.json5"), 2_000_001);
    expect(await refusal({ "openclaw.json": '{ $include: "big.json5" }' })).toContain("larger than 2 MB");
  });
});

test("variables are filled in everywhere; one that is not set stays as written and is a warning", async () => {
  const text =
    '{ agents: { defaults: { workspace: "${DIR}/w" }, list: [{ id: "a", systemPrompt: "echo ${X} $${Y}" }] } }';
  const { config, warnings, tree } = await load({ "openclaw.json": text }, { DIR: "/srv" });
  expect(config.agents.defaults.workspace).toBe("/srv/w");
  expect(config.agents.list[0]?.systemPrompt).toBe("echo ${X} ${Y}");
  expect(warnings).toMatchObject([{ path: "agents.list[0].systemPrompt", line: 1 }]);
  expect(tree).toMatchObject({ agents: { defaults: { workspace: "${DIR}/w" } } });
});

test("an agent may stand in agents.entries; in both places it is refused", async () => {
  const { config } = await load({
    "openclaw.json": '{ agents: { list: [{ id: "a" }], entries: { b: { name: "B" } } } }',
  });
  expect(config.agents.entries).toEqual({ b: { name: "B" } });
  const both = '{ agents: { list: [{ id: "a" }], entries: { a: {}, c: { default: true } } } }';
  expect(await refusal({ "openclaw.json": both })).toContain(
    'agents.entries.a (line 1, column 48): "a" is already the id of agents.list[0]; name each agent once',
  );
});
