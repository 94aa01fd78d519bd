import { mkdir, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { runCli, temporaryHome } from "../testing/cli.ts";
import { parseDuration } from "./token-commands.ts";

test("rotates the token that Claw made and shows the newest", async () => {
  await using home = await temporaryHome();
  const { env } = home;
  expect(await runCli(["token", "show"], { env })).toMatchObject({ exitCode: 1, stdout: "" });
  const first = await runCli(["token", "rotate"], { env });
  const second = await runCli(["token", "rotate", "--overlap", "2h"], { env });
  expect(first.stdout).toMatch(/^[\w-]{43}\n$/);
  expect(second.stdout).not.toBe(first.stdout);
  expect(second.stderr).toContain("the token before works for 2 h more");
  expect((await runCli(["token", "show"], { env })).stdout).toBe(second.stdout);
});

test("a token that its owner chose is left alone, wherever it stands", async () => {
  await using home = await temporaryHome();
  await mkdir(home.stateDir);
  await writeFile(home.configPath, '{ gateway: { auth: { token: "mine" } } }');
  const inFile = await runCli(["token", "rotate"], { env: home.env });
  expect(inFile).toMatchObject({ exitCode: 78, stdout: "", stderr: expect.stringContaining("gateway.auth.token") });
  const inEnvironment = await runCli(["token", "rotate"], { env: { ...home.env, CLAW_GATEWAY_TOKEN: "mine" } });
  expect(inEnvironment).toMatchObject({ exitCode: 78, stderr: expect.stringContaining("CLAW_GATEWAY_TOKEN") });
});

test("hashes a password from a pipe", async () => {
  const { stdout } = await runCli(["token", "hash"], { input: "sesame\n" });
  expect(stdout).toMatch(/^\$scrypt\$/);
  expect((await runCli(["token", "hash"])).exitCode).toBe(2);
});

test("times are written as people write them", () => {
  expect(["0", "30s", "10m", "2h", "7d"].map(parseDuration)).toEqual([0, 30_000, 600_000, 7_200_000, 604_800_000]);
  for (const text of ["", "10", "m", "-1m", "1.5h", "8d", "999999d"]) expect(() => parseDuration(text)).toThrow(/10m/);
});
