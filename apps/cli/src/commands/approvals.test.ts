import { createClient } from "@claw/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../testing/cli.ts";
import { type RunningGateway, startGateway } from "../testing/gateway.ts";
import { version } from "../version.ts";

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const claw = (...args: readonly string[]) => runCli(["approvals", ...args], { env: gateway.env });

/** Something that waits for an answer. */
async function ask(id: string, command: string): Promise<void> {
  const { stdout } = await runCli(["token", "show"], { env: gateway.env });
  const client = createClient({
    url: `ws://127.0.0.1:${gateway.port}`,
    token: stdout.trim(),
    scopes: ["operator.approvals"],
    clientInfo: { id: "cli", mode: "cli", version, platform: process.platform },
  });
  try {
    await client.ready();
    await client.request("exec.approval.request", { id, command, cwd: "/src", twoPhase: true });
  } finally {
    client.close();
  }
}

test("says when nothing waits, and when there is no such approval", async () => {
  expect(await claw()).toMatchObject({ exitCode: 0, stdout: "Nothing waits for an approval.\n" });
  const { exitCode, stderr } = await claw("show", "nothing");
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("no approval nothing");
});

test("lists what waits, shows all of it, approves it once, and tells a second answer whose the first was", async () => {
  await ask("first", "make install");
  expect((await claw("list")).stdout).toMatch(/first +make install +default/);
  expect((await claw("show", "first")).stdout).toMatch(/would run +make install\nin +\/src/);
  expect(await claw("approve", "first")).toMatchObject({ exitCode: 0, stdout: "Approved first.\n" });
  const late = await claw("deny", "first");
  expect(late.exitCode).not.toBe(0);
  expect(late.stderr).toContain("allow-once by owner");
  const all = JSON.parse((await claw("list", "--all", "--json")).stdout);
  expect(all).toMatchObject([{ id: "first", status: "approved", decision: "allow-once", resolvedBy: "owner" }]);
});

test("denies", async () => {
  await ask("second", "rm -rf /");
  expect(JSON.parse((await claw("deny", "second", "--json")).stdout)).toMatchObject({ id: "second", decision: "deny" });
  expect((await claw()).stdout).toBe("Nothing waits for an approval.\n");
});
