import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli, temporaryHome } from "../testing/cli.ts";

const OPENCLAW = `{
  gateway: { mode: "local", port: 18790, auth: { mode: "token", token: "their-secret-token" } },
  agents: {
    defaults: { model: { primary: "anthropic/claude-sonnet-5" }, imageModel: "openai/gpt-5" },
    entries: { main: { identity: { name: "Samantha", emoji: "🦥" } } },
  },
  channels: { telegram: { botToken: "their-bot-token" } },
  oddity: 1,
}
`;

async function withTheirs() {
  const home = await temporaryHome();
  await mkdir(home.stateDir);
  const theirs = join(home.stateDir, "theirs.json5");
  await writeFile(theirs, OPENCLAW);
  const run = (...args: string[]) => runCli(["config", "import", theirs, ...args], { env: home.env });
  return { ...home, run };
}

test("says of every key what becomes of it, writes nothing and shows no secret", async () => {
  await using home = await withTheirs();
  const { exitCode, stdout, stderr } = await home.run();
  expect(exitCode).toBe(0);
  expect(stdout).toContain("gateway.port");
  expect(stdout).toMatch(/agents\.entries\.main\.identity\.name\s+→ agents\.entries\.main\.name/);
  expect(stdout).toMatch(/channels\s+no channel by that name is installed/);
  expect(stdout).toMatch(/oddity\s+there is no such key here/);
  expect(stderr).toContain("--write");
  expect(stdout + stderr).not.toMatch(/their-/);
  await expect(readFile(home.configPath)).rejects.toThrow("ENOENT");
});

test("takes it over on request: into a first file, then over one with comments", async () => {
  await using home = await withTheirs();
  const { exitCode, stdout } = await home.run("--write", "--json");
  expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { file: home.configPath, keys: expect.any(Array) }]);
  const first = await readFile(home.configPath, "utf8");
  expect(first).toContain("// Claw's configuration");
  expect(first).toContain("port: 18790");
  await writeFile(home.configPath, first.replace("port: 18790", "port: 1"));
  await home.run("--write");
  expect(await readFile(home.configPath, "utf8")).toBe(first);
  expect(await readFile(`${home.configPath}.bak`, "utf8")).toContain("port: 1,");
  expect((await runCli(["config", "validate"], { env: home.env })).exitCode).toBe(0);
});
