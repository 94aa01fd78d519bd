import { mkdir, readFile, writeFile } from "node:fs/promises";
import { verifyPassword } from "@claw/gateway";
import { expect, test } from "vitest";
import { runCli, temporaryHome } from "../testing/cli.ts";

const FILE = '{\n  // who shares it\n  users: { ada: { role: "member", password: "sesame street" } },\n}\n';

async function configured() {
  const home = await temporaryHome();
  await mkdir(home.stateDir);
  await writeFile(home.configPath, FILE);
  return { ...home, read: () => readFile(home.configPath, "utf8") };
}

test("a user's password is kept as a hash from now on, and validate has nothing to say any more", async () => {
  await using home = await configured();
  const { env } = home;
  const before = await runCli(["config", "validate"], { env });
  expect(before).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(/users\.ada\.password.*claw users password ada/),
  });
  expect(before.stderr).not.toContain("sesame");
  expect((await runCli(["users", "password", "ada"], { env, input: "new password\n" })).exitCode).toBe(0);
  const written = await home.read();
  expect(written).toContain("// who shares it");
  const hash = /"(\$scrypt\$[^"]+)"/.exec(written)?.[1] ?? "";
  expect(await verifyPassword(hash)("new password")).toBeDefined();
  expect(await runCli(["config", "validate"], { env })).toMatchObject({ exitCode: 0, stderr: "" });
});

test("without a user the hash is printed, and what is no password or no user changes nothing", async () => {
  await using home = await configured();
  const { env } = home;
  expect((await runCli(["users", "password"], { env, input: "long enough\n" })).stdout).toMatch(/^\$scrypt\$/);
  expect(await runCli(["users", "password", "ada"], { env, input: "short\n" })).toMatchObject({ exitCode: 2 });
  expect(await runCli(["users", "password", "a.b"], { env, input: "long enough\n" })).toMatchObject({ exitCode: 2 });
  const unknown = await runCli(["users", "password", "bob"], { env, input: "long enough\n" });
  expect(unknown).toMatchObject({ exitCode: 78, stderr: expect.stringContaining("users.bob") });
  expect(await home.read()).toBe(FILE);
});
