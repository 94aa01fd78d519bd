import { chmodSync, linkSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "./load-config.ts";
import { ConfigError } from "./problem.ts";
import { redactConfig } from "./secret.ts";

const created: string[] = [];
let directory: string;
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "claw-secrets-")));
  created.push(directory);
});
afterAll(() => {
  for (const path of created) rmSync(path, { recursive: true });
});

const write = (name: string, text: string, mode = 0o600): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};

/** A program that answers as `body` says; `input` is the question. */
const program = (body: string, mode = 0o700): string =>
  write("ask", `#!${process.execPath}\nconst input = require("node:fs").readFileSync(0, "utf8");\n${body}\n`, mode);

const load = (provider: object, reference: object, env = {}) => {
  const config = {
    secrets: { providers: { p: provider } },
    models: { providers: { a: { apiKey: { provider: "p", ...reference } } } },
  };
  return loadConfig({ path: write("openclaw.json", JSON.stringify(config)), env });
};

const keyOf = async (provider: object, reference: object, env = {}) =>
  (await load(provider, reference, env)).config.models.providers["a"]?.apiKey;

const refusal = async (provider: object, reference: object, env = {}): Promise<string> => {
  const error = await load(provider, reference, env).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error(`expected a ConfigError, got ${String(error)}`);
  expect(error.problems).toMatchObject([{ path: expect.stringMatching(/^models\.providers\.a\.apiKey/) }]);
  return error.message;
};

describe("a secret in the environment", () => {
  test("is found, needs no provider by the default's name, and an allowlist holds", async () => {
    const reference = { source: "env", id: "KEY" };
    expect(await keyOf({ source: "env" }, reference, { KEY: "k" })).toBe("k");
    expect(await keyOf({ source: "env" }, { ...reference, provider: "default" }, { KEY: "k" })).toBe("k");
    expect(await refusal({ source: "env", allowlist: ["OTHER"] }, reference, { KEY: "k" })).toContain(
      "secrets.providers.p.allowlist does not hold KEY",
    );
    expect(await refusal({ source: "env" }, reference)).toContain("the environment variable KEY is not set");
  });
});

describe("a secret in a file", () => {
  const reference = { source: "file", id: "/providers/open~1ai/key" };

  test("is found by its JSON pointer, or is the whole file", async () => {
    const path = write("s.json", JSON.stringify({ providers: { "open/ai": { key: "k1" } } }));
    expect(await keyOf({ source: "file", path }, reference)).toBe("k1");
    const single = { source: "file", path: write("one", "k2\n"), mode: "singleValue" };
    expect(await keyOf(single, { source: "file", id: "value" })).toBe("k2");
    expect(
      await keyOf(
        { source: "file", path: "~/one", mode: "singleValue" },
        { source: "file", id: "value" },
        { HOME: directory },
      ),
    ).toBe("k2");
  });

  test.each([
    ["others can read", () => write("s.json", "{}", 0o640), "can be read or written by others; run chmod 600"],
    ["is missing", () => "/nowhere/s.json", "names no file"],
    ["is a directory", () => "/tmp", "is not a regular file"],
    ["is no JSON", () => write("s.json", "hunter2"), "holds no JSON"],
    [
      "lacks the key",
      () => write("s.json", '{ "providers": { "x": "hunter2" } }'),
      "has nothing at /providers/open~1ai/key",
    ],
    [
      "has an object there",
      () => write("s.json", '{ "providers": { "open/ai": { "key": ["hunter2"] } } }'),
      "has no text at",
    ],
    [
      "is a link",
      () => {
        symlinkSync(write("real.json", "{}"), join(directory, "link.json"));
        return join(directory, "link.json");
      },
      "is a link; name the real file",
    ],
    [
      "has two names",
      () => {
        linkSync(write("real.json", "{}"), join(directory, "hard.json"));
        return join(directory, "hard.json");
      },
      "has more than one name on the disk",
    ],
  ])("that %s is refused", async (_name, path, reason) => {
    const message = await refusal({ source: "file", path: path() }, reference);
    expect(message).toContain(reason);
    expect(message).not.toContain("hunter2");
  });

  test("above its limit is not read", async () => {
    const path = write("s.json", JSON.stringify({ a: "x".repeat(100) }));
    expect(await refusal({ source: "file", path, maxBytes: 50 }, reference)).toContain("is larger than 50 bytes");
  });
});

describe("a secret that a command knows", () => {
  const reference = { source: "exec", id: "open/ai#key" };
  const answer = 'console.log(JSON.stringify({ protocolVersion: 1, values: { "open/ai#key": VALUE } }));';

  test("is asked for in JSON, without the gateway's environment but what is passed", async () => {
    const command = program(
      answer.replace("VALUE", "[process.env.SEEN, process.env.HIDDEN, process.argv[2], input].join('|')"),
    );
    const provider = { source: "exec", command, args: ["$(id)"], passEnv: ["SEEN"] };
    expect(await keyOf(provider, reference, { SEEN: "s", HIDDEN: "h" })).toBe(
      's||$(id)|{"protocolVersion":1,"provider":"p","ids":["open/ai#key"]}',
    );
  });

  test("may be plain text where the provider allows it", async () => {
    const command = program('console.log("plain");');
    expect(await keyOf({ source: "exec", command, jsonOnly: false }, reference)).toBe("plain");
    expect(await refusal({ source: "exec", command }, reference)).toContain("answered something other than");
  });

  test.each([
    ["others can write", () => program("", 0o722), {}, "can be written by others"],
    [
      "is a link",
      () => {
        symlinkSync(program(""), join(directory, "link"));
        return join(directory, "link");
      },
      {},
      "is a link",
    ],
    ["is missing", () => "/nowhere/ask", {}, "names no file"],
    ["lies elsewhere", () => program(""), { trustedDirs: ["/usr/bin"] }, "lies in none of trustedDirs"],
    ["fails", () => program('console.log("hunter2"); process.exitCode = 3;'), {}, "failed with code 3"],
    [
      "hangs",
      () => program('setTimeout(() => console.log("hunter2"), 60_000);'),
      { timeoutMs: 300 },
      "gave no answer within 300 ms",
    ],
    [
      "says too much",
      () => program('console.log("hunter2".repeat(1e5));'),
      { maxOutputBytes: 1000 },
      "said more than 1000 bytes",
    ],
    [
      "does not know it",
      () =>
        program(
          'console.log(JSON.stringify({ protocolVersion: 1, values: {}, errors: { "open/ai#key": { code: "NOT_FOUND", message: "hunter2" } } }));',
        ),
      {},
      "did not find it (NOT_FOUND)",
    ],
    ["answers a number", () => program(answer.replace("VALUE", "1")), {}, "did not find it"],
  ])("is refused when the command %s", async (_name, command, more, reason) => {
    const message = await refusal({ source: "exec", command: command(), ...more }, reference);
    expect(message).toContain(reason);
    expect(message).not.toContain("hunter2");
  });

  test("is refused when its id climbs", async () => {
    const provider = { source: "exec", command: "/bin/true" };
    expect(await refusal(provider, { source: "exec", id: "a/../b" })).toContain("without .. in it");
  });
});

test("a reference that leads nowhere says what is missing", async () => {
  expect(await refusal({ source: "env" }, { source: "file", id: "/a" })).toContain('has the source "env", not "file"');
  expect(await refusal({ source: "env" }, { source: "exec", provider: "q", id: "a" })).toContain(
    "there is no secrets.providers.q",
  );
  expect(await refusal({ source: "env" }, { source: "store", id: "KEY" })).toContain(
    '"store" comes with the encrypted store',
  );
});

test("a reference is shown as it is written, the secret never", async () => {
  const reference = { source: "env", provider: "p", id: "KEY" };
  const { tree, config } = await load({ source: "env" }, reference, { KEY: "hunter2" });
  expect(redactConfig(tree)).toMatchObject({ models: { providers: { a: { apiKey: reference } } } });
  expect(JSON.stringify(redactConfig(config))).not.toContain("hunter2");
});
