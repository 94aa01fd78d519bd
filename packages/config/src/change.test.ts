import fc from "fast-check";
import JSON5 from "json5";
import { describe, expect, test } from "vitest";
import { changedPaths, withValuesOf } from "./changed-paths.ts";
import { configJsonSchema } from "./json-schema.ts";
import { lookUpSchema } from "./look-up-schema.ts";
import { mergePatch } from "./merge-patch.ts";
import { ConfigError } from "./problem.ts";
import { reloadKindOf } from "./reload-kind.ts";
import { rewriteConfig } from "./rewrite-config.ts";

const FILE = `{
  // the door
  gateway: { port: 1, auth: { token: "hunter2" } }, // mine
  agents: {
    list: [
      { id: "a" }, // first
      { id: "b", name: "B" },
    ],
  },
}
`;

const tree = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(fc.integer(), fc.string(), fc.array(fc.integer()), tie("object")),
  object: fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tie("value"), { maxKeys: 4 }),
})).object;

describe("what changed", () => {
  test("taking the other's values at the changed paths gives the other", () => {
    fc.assert(
      fc.property(tree, tree, (before, after) => {
        expect(pruned(withValuesOf(before, after, changedPaths(before, after)))).toEqual(pruned(after));
      }),
    );
  });

  test("is as deep as objects go, and nothing where nothing changed", () => {
    expect(changedPaths({ a: { b: 1, c: [1] }, d: 1 }, { a: { b: 2, c: [1] } })).toEqual([["a", "b"], ["d"]]);
    expect(changedPaths({ a: [] }, { a: [] })).toEqual([]);
  });
});

describe("a patch", () => {
  const merge = (patch: string, replacePaths: readonly string[] = []) =>
    mergePatch(JSON5.parse(FILE), JSON5.parse(patch), replacePaths);

  test("merges objects, deletes with null, and lists by id", () => {
    const result = merge(
      '{ gateway: { port: null, bind: "lan" }, agents: { list: [{ id: "b", name: "C" }, { id: "c" }] } }',
    );
    expect(result).toEqual({
      gateway: { auth: { token: "hunter2" }, bind: "lan" },
      agents: { list: [{ id: "a" }, { id: "b", name: "C" }, { id: "c" }] },
    });
  });

  test.each(["{ agents: { list: [] } }", "{ agents: { list: null } }", "{ agents: null }", "{ agents: { list: 1 } }"])(
    "that would lose entries of a list is refused until the list is named: %s",
    (patch) => {
      expect(() => merge(patch)).toThrow(ConfigError);
      expect(() => merge(patch)).toThrow("it would remove entries of agents.list");
      expect(() => merge(patch, ["agents"])).toThrow("it would remove entries of agents.list");
      expect(() => merge(patch, ["agents.list"])).not.toThrow();
    },
  );

  test("on no lists is what RFC 7396 says", () => {
    expect(mergePatch({ a: "b", c: { d: "e", f: "g" } }, { a: "z", c: { f: null } }, [])).toEqual({
      a: "z",
      c: { d: "e" },
    });
    expect(mergePatch({ a: { b: "c" } }, { a: "d" }, [])).toEqual({ a: "d" });
    expect(mergePatch({ a: "d" }, { a: { b: { c: null } } }, [])).toEqual({ a: { b: {} } });
  });
});

describe("a rewritten file", () => {
  test("keeps its comments, and a secret that was shown blotted out", async () => {
    const wanted = JSON5.parse(FILE.replace("hunter2", "__REDACTED__").replace("port: 1", "port: 2"));
    wanted.agents.list.push({ id: "c" });
    const text = await rewriteConfig(FILE, wanted);
    expect(text).toContain('gateway: { port: 2, auth: { token: "hunter2" } }, // mine');
    expect(text).toContain('{ id: "a" }, // first');
    expect(JSON5.parse(text).agents.list).toHaveLength(3);
  });

  test("that loses an entry of a list keeps the comments of the others", async () => {
    const wanted = JSON5.parse(FILE);
    wanted.agents.list = [wanted.agents.list[0]];
    const text = await rewriteConfig(FILE, wanted);
    expect(text).toBe(FILE.replace(/ {6}\{ id: "b".*\n/, ""));
    expect(text).toContain("// first");
  });

  test("says exactly what was wanted, whatever that is", async () => {
    await fc.assert(
      fc.asyncProperty(tree, tree, async (before, after) => {
        const text = await rewriteConfig(`// kept\n${JSON5.stringify(before, undefined, 2)}\n`, after as never);
        expect(JSON5.parse(text)).toEqual(after);
        expect(text).toContain("// kept");
      }),
      { numRuns: 60 },
    );
  });
});

describe("the schema of one key", () => {
  test("has what is below it, and whether it needs a restart", async () => {
    const found = await lookUpSchema(["gateway"]);
    expect(found).toMatchObject({ path: "gateway", reloadKind: "restart", hint: { label: "Gateway" } });
    const port = found?.children.find(({ key }) => key === "port");
    expect(port).toMatchObject({ path: "gateway.port", type: "integer", reloadKind: "restart", hasChildren: false });
    expect(found?.schema).not.toHaveProperty("properties");
    expect(await lookUpSchema(["agents", "list", 0, "model"])).toMatchObject({ reloadKind: "hot" });
    expect(await lookUpSchema(["models", "providers", "mine", "apiKey"])).toMatchObject({ reloadKind: "hot" });
    expect((await lookUpSchema([]))?.children.map(({ key }) => key)).toContain("gateway");
    expect(await lookUpSchema(["gateway", "prot"])).toBeUndefined();
  });

  test("says the same about restarts as the whole schema does", async () => {
    const { properties = {} } = await configJsonSchema();
    expect(properties["agents"]).toMatchObject({
      reloadKind: "hot",
      properties: { defaults: { properties: { sandbox: { properties: { mode: { reloadKind: "restart" } } } } } },
    });
  });

  test("what nobody decided about waits for a restart", () => {
    expect(reloadKindOf(["gateway", "port"])).toBe("restart");
    expect(reloadKindOf(["something", "new"])).toBe("restart");
    expect(reloadKindOf(["gateway", "auth", "mode"])).toBe("hot");
    expect(reloadKindOf(["gateway", "tls", "enabled"])).toBe("restart");
    expect(reloadKindOf(["gateway", "tls", "certPath"])).toBe("hot");
    expect(reloadKindOf(["agents", "defaults", "sandbox", "backend"])).toBe("restart");
  });
});

/** Without objects that hold nothing: on a way to a key that is gone they stay. */
function pruned(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, child]) => [key, pruned(child)]);
  return Object.fromEntries(entries.filter(([, child]) => !isEmpty(child)));
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    (typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0)
  );
}
