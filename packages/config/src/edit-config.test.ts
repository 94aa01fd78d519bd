import fc from "fast-check";
import JSON5 from "json5";
import { describe, expect, test } from "vitest";
import { valueAt } from "./config-path.ts";
import { type ConfigValue, editConfig } from "./edit-config.ts";
import { initialConfig } from "./initial-config.ts";

const FILE = `// mine
{
  // the port
  gateway: {
    port: 18789, // inline
    /* who */ bind: 'loopback',
    auth: { mode: "token", token: "abc" },
  },
  agents: { list: [ { id: "a" }, /* second */ { id: "b" } ] },
  // last words
}
`;

describe("an edit keeps everything else as it is", () => {
  test.each([
    ["gateway.port", 1, FILE.replace("18789", "1")],
    ["gateway.bind", undefined, FILE.replace("    /* who */ bind: 'loopback',\n", "    /* who */\n")],
    ["gateway.auth.password", "p", FILE.replace('"abc" }', '"abc", password: "p" }')],
    ["agents.list[1].id", "c", FILE.replace('"b"', '"c"')],
    ["agents.list[0]", undefined, FILE.replace('{ id: "a" }, /* second */ ', "/* second */ ")],
  ])("%s = %j", async (path, value, expected) => {
    const after = await editConfig(FILE, path, value);
    expect(JSON5.parse(after)).toEqual(JSON5.parse(expected));
    for (const comment of FILE.match(/\/\/.*|\/\*.*?\*\//g) ?? []) expect(after).toContain(comment);
    if (value !== undefined) expect(after).toBe(expected);
  });

  test("objects on the way are made, and a list takes one more at its end", async () => {
    const models = await editConfig(FILE, "models.providers.openai.apiKey", "${OPENAI_API_KEY}");
    expect(valueAt(JSON5.parse(models), ["models", "providers", "openai", "apiKey"])).toBe("${OPENAI_API_KEY}");
    const agents = await editConfig(FILE, "agents.list[2].id", "c");
    expect(valueAt(JSON5.parse(agents), ["agents", "list", 2])).toEqual({ id: "c" });
    expect(models).toContain("// last words");
  });

  test("the file of a first start takes a model beside its comment", async () => {
    const after = await editConfig(initialConfig(), "agents.defaults.model", "openai/gpt-5");
    expect(valueAt(JSON5.parse(after), ["agents", "defaults", "model"])).toBe("openai/gpt-5");
    expect(after).toContain('// model: "anthropic/claude-sonnet-5",');
  });

  test("unsetting what is not there changes nothing", async () => {
    expect(await editConfig(FILE, "logging.file", undefined)).toBe(FILE);
  });
});

describe("an edit is refused", () => {
  test.each([
    ["gateway.prot", 1, "CONFIG_INVALID"],
    ["gateway.port", "x", "CONFIG_INVALID"],
    ["gateway.auth.token", "__REDACTED__", "CONFIG_INVALID"],
    ["agents.list[9].id", "x", "CONFIG_PATH"],
    ["gateway.port.x", 1, "CONFIG_PATH"],
    ["gateway[0]", 1, "CONFIG_PATH"],
    ["", 1, "CONFIG_PATH"],
    ["a..b", 1, "CONFIG_PATH"],
    ["__proto__.x", 1, "CONFIG_PATH"],
  ])("%j = %j with %s", async (path, value, code) => {
    await expect(editConfig(FILE, path, value)).rejects.toMatchObject({ code });
  });

  test("but one mistake can be mended while another remains", async () => {
    const broken = "{ gateway: { prot: 1 }, loging: {} }";
    expect(JSON5.parse(await editConfig(broken, "loging", undefined))).toEqual({ gateway: { prot: 1 } });
  });

  test("a reference to a variable that is only set for the gateway is no mistake", async () => {
    const text = '{ gateway: { auth: { token: "${ONLY_THERE}" } } }';
    expect(await editConfig(text, "gateway.port", 1)).toContain("ONLY_THERE");
  });
});

test("a file of strict JSON stays strict JSON", async () => {
  const before = '{\n  "gateway": {\n    "port": 1\n  }\n}';
  const after = await editConfig(before, "gateway.bind", "loopback");
  expect(after).toBe('{\n  "gateway": {\n    "port": 1,\n    "bind": "loopback"\n  }\n}');
  expect(await editConfig(after, "gateway.bind", undefined)).toBe(before);
});

test("no edit loses a comment, but one inside of what it removes", async () => {
  const comment = fc.constantFrom("", " ", "\n", " // one, two\n", "/* { three */", '\n\t// "four\n\t', "\r\n");
  const gaps = fc.array(comment, { minLength: 14, maxLength: 14 });
  const tokens = ["{", "gateway", ":", "{", "port", ":", "1", ",", "bind", ":", '"lan"', "}", "}"];
  const edits: readonly (readonly [string, ConfigValue | undefined])[] = [
    ["gateway.port", 7],
    ["gateway.port", undefined],
    ["gateway.bind", undefined],
    ["gateway.auth.token", "t"],
    ["logging", { level: "debug" }],
  ];
  await fc.assert(
    fc.asyncProperty(gaps, fc.boolean(), fc.constantFrom(...edits), async (between, trailing, [path, value]) => {
      const parts = trailing ? tokens.with(-2, ",}") : tokens;
      const inside = [5, 6, 9, 10];
      const before = between.map((gap, index) => (inside.includes(index) ? "" : gap) + (parts[index] ?? "")).join("");
      const after = await editConfig(before, path, value);
      for (const part of ["// one, two", "/* { three */", '// "four']) {
        expect(after.split(part).length).toBe(before.split(part).length);
      }
    }),
    { numRuns: 300 },
  );
});

test("set, then unset, in any good file: the value is there, then gone, and all else is unchanged", {
  timeout: 90_000,
}, async () => {
  const ids = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/);
  const text = fc.string({ unit: "binary", minLength: 1, maxLength: 20 });
  const provider = fc.record({ models: fc.array(fc.record({ id: text }), { maxLength: 3 }) });
  const file = fc.record({ models: fc.record({ providers: fc.dictionary(ids, provider, { noNullPrototype: true }) }) });
  const style = fc.constantFrom(
    (tree: unknown) => JSON.stringify(tree),
    (tree: unknown) => `// head\n${JSON5.stringify(tree, null, 2)} // tail`,
    (tree: unknown) => JSON.stringify(tree, null, "\t").replaceAll("\n", "\r\n"),
  );
  await fc.assert(
    fc.asyncProperty(file, style, ids, text, async (tree, write, id, name) => {
      const before = write(tree);
      const path = `models.providers[${JSON.stringify(id)}].models`;
      const set = await editConfig(before, path, [{ id: name }]);
      expect(valueAt(JSON5.parse(set), ["models", "providers", id, "models"])).toEqual([{ id: name }]);
      const unset = JSON5.parse(await editConfig(set, path, undefined));
      const expected = structuredClone(tree) as { models: { providers: Record<string, object> } };
      expected.models.providers[id] = {};
      expect(unset).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});
