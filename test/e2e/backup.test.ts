import { copyFile, mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { runCli } from "../../apps/cli/src/testing/cli.ts";
import { historyOf, send, settled } from "./harness/chat.ts";
import { temporaryDirectory } from "./harness/directory.ts";
import { type Answer, startFakeModel } from "./harness/fake-model.ts";
import { startGateway } from "./harness/gateway.ts";

const keys = Array.from({ length: 40 }, (_, index) => `message-${index}`);
const BACKED_UP_AFTER = 15;
const DATABASES = ["agents/default/sessions/sessions.db", "state/claw.db"];

/** As docs/operations.md says it is to be done. */
async function backUp(from: string, to: string): Promise<void> {
  for (const path of DATABASES) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    const live = new DatabaseSync(join(from, path), { timeout: 5_000 });
    live.prepare("VACUUM INTO ?").run(join(to, path));
    live.close();
  }
  await copyFile(join(from, "openclaw.json"), join(to, "openclaw.json"));
}

test("a backup that is taken while the gateway works is whole, goes on where it stood, and answers nothing twice", async () => {
  const reply: Answer = ({ body }) => [
    { text: `re ${String(body.messages.findLast(({ role }) => role === "user")?.content)}` },
  ];
  await using model = await startFakeModel(reply);
  await using directory = await temporaryDirectory();
  await using backup = await temporaryDirectory();
  await using gateway = await startGateway({ stateDir: directory.path, config: model.config });
  const client = await gateway.connect({ reconnect: false });
  const sent = keys.map((key) => send(client, key));
  await Promise.all(sent.slice(0, BACKED_UP_AFTER));
  await backUp(directory.path, backup.path);
  await Promise.all(sent);
  for (const key of keys) expect(await settled(client, key)).toBe("ok");
  client.close();
  await gateway.stop();

  await using restored = await startGateway({ stateDir: backup.path, keepConfig: true });
  const again = await restored.connect();
  for (const key of keys) await send(again, key);
  for (const key of keys) expect(await settled(again, key)).toBe("ok");
  const told = keys.flatMap((key) => [`user: ${key}`, `assistant: re ${key}`]);
  expect((await historyOf(again)).toSorted()).toEqual(told.toSorted());
  again.close();
});

test("commands beside a gateway that runs leave its databases and its lock alone", async () => {
  await using directory = await temporaryDirectory();
  const { path: stateDir } = directory;
  await using gateway = await startGateway({ stateDir });
  const before = await readdir(join(stateDir, "state"));
  const env = { HOME: stateDir, CLAW_STATE_DIR: stateDir };
  const there = ["--url", gateway.webSocketUrl, "--token", gateway.token];
  for (const command of ["status", "sessions", "safe-mode off"]) {
    const { exitCode, stderr } = await runCli([...command.split(" "), ...there], { env });
    expect({ exitCode, stderr }, command).toMatchObject({ exitCode: 0 });
  }
  expect(await runCli(["config", "get", "gateway.auth.mode"], { env })).toMatchObject({ exitCode: 0 });
  expect(await readdir(join(stateDir, "state"))).toEqual(before);
  const second = startGateway({ stateDir, keepConfig: true });
  await expect(second).rejects.toThrow(new RegExp(`ended \\(75\\)[\\s\\S]*in use by process ${gateway.pid}\\b`));
  expect((await fetch(`${gateway.url}/ready`)).status).toBe(200);
});
