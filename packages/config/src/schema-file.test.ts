import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { initialConfig } from "./initial-config.ts";
import { configJsonSchema } from "./json-schema.ts";
import { loadConfig } from "./load-config.ts";
import { keepSchemaFile } from "./schema-file.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "claw-schema-"));
});
afterEach(() => rm(directory, { recursive: true }));

async function configured(text: string) {
  const path = join(directory, "openclaw.json");
  await writeFile(path, text);
  return loadConfig({ path, env: {} });
}

test("a new file names the schema beside it, which is that of this version, also after another one", async () => {
  const loaded = await configured(initialConfig());
  const file = join(directory, String(loaded.config.$schema));
  await writeFile(file, "{}");
  await keepSchemaFile(loaded);
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual(await configJsonSchema());
  const { ino } = await stat(file);
  await keepSchemaFile(loaded);
  expect((await stat(file)).ino).toBe(ino);
});

test("nothing is written beside a file that names no schema, or another one", async () => {
  for (const text of ["{}", '{ $schema: "https://example.com/schema.json" }']) {
    await keepSchemaFile(await configured(text));
  }
  expect(await readdir(directory)).toEqual(["openclaw.json"]);
});
