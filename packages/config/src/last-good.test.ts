import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepLastGood, lastGood, withoutBadSections } from "./last-good.ts";
import { loadConfig } from "./load-config.ts";

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "claw-last-good-"));
  path = join(directory, "openclaw.json");
});
afterEach(() => rm(directory, { recursive: true }));

const env = { KEY: "sk-resolved-secret" };
const GOOD = '{ gateway: { port: 1 }, models: { providers: { openai: { apiKey: "${KEY}" } } } } // mine\n';

/** A version that worked, and then another one in its place. */
async function changedTo(text: string, good = GOOD): Promise<void> {
  await writeFile(path, good);
  await keepLastGood(await loadConfig({ path, env }));
  await writeFile(path, text);
}

test("what worked is kept as it is written, for its owner alone, and without the secrets that were looked up", async () => {
  await changedTo("{ tools: { deni: [] } }");
  const kept = await readFile(`${path}.last-good`, "utf8");
  expect(kept).toBe(GOOD);
  expect((await stat(`${path}.last-good`)).mode & 0o777).toBe(0o600);
});

test("included files are kept in it, because one of them may be the one that breaks", async () => {
  await writeFile(join(directory, "models.json5"), '{ providers: { openai: { apiKey: "${KEY}" } } }');
  await changedTo("{ models: { $include: './models.json5' } }", "{ models: { $include: './models.json5' } }");
  await writeFile(join(directory, "models.json5"), "{ providers: ");
  const kept = await readFile(`${path}.last-good`, "utf8");
  expect(kept).not.toContain(env.KEY);
  expect((await lastGood({ path, env }))?.loaded.config.models.providers).toEqual({ openai: { apiKey: env.KEY } });
});

test.each([
  ["a mistake elsewhere", "{ gateway: { port: 1 }, agents: { lsit: [] } }"],
  ["text that can't be read", "{ gateway: { port: 2 "],
])("after %s it is the last version that worked, under the file's own name", async (_, text) => {
  await changedTo(text);
  const found = await lastGood({ path, env });
  expect(found).toMatchObject({ loaded: { path, config: { gateway: { port: 1 } } }, savedAt: expect.any(Date) });
  expect(found?.loaded.hash).not.toBe((await loadConfig({ path: `${path}.last-good`, env })).hash);
});

test.each([
  ["the gateway section is wrong", '{ gateway: { port: "x" } }'],
  ["the gateway section says something else", '{ gateway: { port: 1, auth: { token: "new" } }, agents: { lsit: [] } }'],
  [
    "a user is gone",
    "{ gateway: { port: 1 }, agents: { lsit: [] } }",
    `{ gateway: { port: 1 }, users: { ada: { role: "viewer", token: "ada" } } }`,
  ],
])("there is none when %s: it must not let in whom its owner shut out", async (_, text, good = GOOD) => {
  await changedTo(text, good);
  expect(await lastGood({ path, env })).toBeUndefined();
});

test("there is none when none was kept, or when what was kept is wrong by now", async () => {
  await writeFile(path, "{ agents: { lsit: [] } }");
  expect(await lastGood({ path, env })).toBeUndefined();
  await changedTo("{ gateway: { port: 1 }, agents: { lsit: [] } }");
  expect(await lastGood({ path, env: {} })).toBeUndefined();
});

test("a file is used without its bad sections, when those only add something", async () => {
  await writeFile(path, '{ gateway: { port: 7 }, channels: { smoke: {} }, diagnostics: { otel: { endpoint: "x" } } }');
  const found = await withoutBadSections({ path, env });
  expect(found?.leftOut?.toSorted()).toEqual(["channels", "diagnostics"]);
  expect(found?.loaded.config).toMatchObject({ gateway: { port: 7 }, diagnostics: { otel: { enabled: false } } });
});

test.each([
  '{ gateway: { prot: 7 }, logging: { level: "x" } }',
  "{ tools: { deny: 5 } }",
  "{ gatway: {} }",
  '{ models: { providers: { openai: { apiKey: "${NOT_SET}" } } } }',
  "{ users: { ada: { role: 1 } } }",
  "{}",
])("%s is not used in part", async (text) => {
  await writeFile(path, text);
  expect(await withoutBadSections({ path, env })).toBeUndefined();
});
