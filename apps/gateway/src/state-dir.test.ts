import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "@claw/config";
import { afterEach, beforeEach, expect, test } from "vitest";
import { prepareStateDir } from "./state-dir.ts";

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "claw-state-"));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const at = (stateDir: string) => ({ stateDir, configPath: join(stateDir, "openclaw.json") });

test("a first start makes everything, for its owner alone", async () => {
  const paths = at(join(parent, "state"));
  expect(await prepareStateDir(paths)).toBe(true);
  expect((await stat(paths.stateDir)).mode & 0o777).toBe(0o700);
  expect((await stat(paths.configPath)).mode & 0o777).toBe(0o600);
  const { config } = await loadConfig({ path: paths.configPath, env: {} });
  expect(config.gateway.auth).toMatchObject({ mode: "token" });
  expect((await readdir(join(paths.stateDir, "workspace"))).sort()).toEqual(
    ["AGENTS.md", "IDENTITY.md", "MEMORY.md", "SOUL.md", "USER.md", "data.csv"].sort(),
  );
});

test("what is there already is left as it is", async () => {
  const paths = at(parent);
  await writeFile(paths.configPath, "{ mine: true }");
  await mkdir(join(parent, "workspace"));
  await writeFile(join(parent, "workspace", "AGENTS.md"), "mine");
  await writeFile(`${paths.configPath}.bak.1`, "{}");
  await prepareStateDir(paths);
  expect(await readFile(paths.configPath, "utf8")).toBe("{ mine: true }");
  expect(await readdir(join(parent, "workspace"))).toEqual(["AGENTS.md"]);
});

test("another program's state stops the start, names what was found, and is not written to", async () => {
  await writeFile(join(parent, "openclaw.json"), "{}");
  await mkdir(join(parent, "credentials"));
  await expect(prepareStateDir(at(parent))).rejects.toMatchObject({
    code: "STATE_DIR_FOREIGN",
    message: expect.stringContaining("credentials"),
  });
  expect((await readdir(parent)).sort()).toEqual(["credentials", "openclaw.json"]);
});
