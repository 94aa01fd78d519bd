import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClawError } from "@claw/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type StartConfig, withStartConfig } from "./start-config.ts";

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "claw-start-"));
  path = join(directory, "openclaw.json");
});
afterEach(() => rm(directory, { recursive: true }));

/** Starts with a file, and the version before it that worked; an agent in it called "ghost" can't be built. */
async function start(file: string, good?: string, lastGood = true) {
  await writeFile(path, file);
  if (good !== undefined) await writeFile(`${path}.last-good`, good);
  const tried: StartConfig[] = [];
  const chosen = await withStartConfig({ path, env: {}, lastGood }, async (one) => {
    tried.push(one);
    const ghost = one.loaded.config.agents.list.some(({ id }) => id === "ghost");
    if (ghost) throw new ClawError("CONFIG_INVALID", "there is no such agent");
    return one;
  });
  return { chosen, tried };
}

test("a file that is right is used as it is", async () => {
  const { chosen } = await start("{ gateway: { port: 5 } }", "{ gateway: { port: 4 } }");
  expect(chosen.instead).toBeUndefined();
  expect(chosen.loaded.config.gateway.port).toBe(5);
});

test("a bad optional section is left out, and that comes before the last version that worked", async () => {
  const { chosen } = await start('{ agents: { list: [{ id: "new" }] }, logging: { level: "loud" } }', "{}");
  expect(chosen.instead).toMatchObject({ leftOut: ["logging"], problems: [{ path: "logging.level", line: 1 }] });
  expect(chosen.loaded.config.agents.list).toMatchObject([{ id: "new" }]);
});

test.each([
  ["has a mistake", "{ agents: { lsit: [] } }"],
  ["can't be built", '{ agents: { list: [{ id: "ghost" }] } }'],
  ["can't be read", "{ agents: "],
])("the last version that worked is used when the file %s", async (_, file) => {
  const { chosen } = await start(file, '{ agents: { list: [{ id: "old" }] } }');
  expect(chosen.loaded).toMatchObject({ path, config: { agents: { list: [{ id: "old" }] } } });
  expect(chosen.instead).toMatchObject({ leftOut: undefined, savedAt: expect.any(Date) });
  expect(chosen.instead?.problems).toHaveLength(1);
});

test.each([
  ["there is none", "{ agents: { lsit: [] } }", undefined, true],
  ["it is not wanted", "{ agents: { lsit: [] } }", "{}", false],
  ["who comes in was changed", '{ agents: { lsit: [] }, gateway: { auth: { token: "new" } } }', "{}", true],
  ["the way in is wrong", '{ gateway: { bind: "lan" } }', "{}", true],
  ["it can't be built either", "{ agents: { lsit: [] } }", '{ agents: { list: [{ id: "ghost" }] } }', true],
])("without another version, when %s, it is the file's mistake that is told", async (_, file, good, wanted) => {
  await expect(start(file, good, wanted)).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringMatching(/lsit|gateway\.bind/),
  });
});

test("what is wrong with the machine is no reason for another version", async () => {
  await writeFile(path, "{}");
  await writeFile(`${path}.last-good`, "{}");
  let calls = 0;
  const starting = withStartConfig({ path, env: {}, lastGood: true }, async () => {
    calls++;
    throw new ClawError("GATEWAY_PORT", "it is taken");
  });
  await expect(starting).rejects.toMatchObject({ code: "GATEWAY_PORT" });
  expect(calls).toBe(1);
});
