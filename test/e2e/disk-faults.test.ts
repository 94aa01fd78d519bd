import { execFileSync } from "node:child_process";
import { rename } from "node:fs/promises";
import { expect, test } from "vitest";
import { runCli } from "../../apps/cli/src/testing/cli.ts";
import { ask, historyOf, send, settled } from "./harness/chat.ts";
import { temporaryDirectory } from "./harness/directory.ts";
import { failingDisk } from "./harness/failing-disk.ts";
import { say, startFakeModel } from "./harness/fake-model.ts";
import { type RunningGateway, startGateway } from "./harness/gateway.ts";
import { createScene } from "./harness/scene.ts";
import { smallDisk } from "./harness/small-disk.ts";

test("a disk whose writes fail refuses a message with the file and the reason, and works once they succeed", async () => {
  await using given = await createScene([say("hello")]);
  await using opened = await given.open();
  const { client, gateway } = opened;
  await ask(client, "before");
  // The kernel then fails every write to a file, which SQLite takes as it takes an I/O error.
  const limitFiles = (size: string) => execFileSync("prlimit", ["--pid", `${gateway.pid}`, `--fsize=${size}`]);
  limitFiles("1:unlimited");
  await expect(send(client, "a")).rejects.toMatchObject({
    code: "UNAVAILABLE",
    retryable: true,
    message: expect.stringMatching(/sessions\.db can't be written \(SQLITE_IOERR.*disk I\/O error.*Check free space/),
  });
  expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
  limitFiles("unlimited");
  await ask(client, "a");
  expect(await historyOf(client)).toEqual(["user: before", "assistant: hello", "user: a", "assistant: hello"]);
});

test("a state directory that is moved away is missed at the next message, and goes on when it is back", async () => {
  await using model = await startFakeModel(say("hello"));
  await using directory = await temporaryDirectory();
  const stateDir = `${directory.path}/state`;
  await using gateway = await startGateway({ stateDir, config: model.config });
  const client = await gateway.connect({ reconnect: false });
  await ask(client, "before");
  await rename(stateDir, `${stateDir}-away`);
  await expect(send(client, "a")).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("was removed or replaced while it was open"),
  });
  await rename(`${stateDir}-away`, stateDir);
  await ask(client, "a");
  expect(await historyOf(client)).toHaveLength(4);
  client.close();
});

test("a state directory on a read-only disk ends the start with 74, the file and the reason", async (context) => {
  await using disk = await smallDisk(16);
  if (disk === undefined) return context.skip("needs the right to mount a tmpfs");
  const first = await startGateway({ stateDir: disk.path });
  await first.stop();
  execFileSync("mount", ["-o", "remount,ro", disk.path]);
  try {
    const starting = startGateway({ stateDir: disk.path, keepConfig: true });
    await expect(starting).rejects.toThrow(/ended \(74\)[\s\S]*EROFS[\s\S]*Check free space/);
  } finally {
    execFileSync("mount", ["-o", "remount,rw", disk.path]);
  }
  await using again = await startGateway({ stateDir: disk.path });
  expect((await fetch(`${again.url}/ready`)).status).toBe(200);
});

const NO_COMPILER = "needs a C compiler";
const WAL = "/sessions.db-wal";

async function clawStatus({ url, token, stateDir }: RunningGateway): Promise<string> {
  const args = ["status", "--url", url.replace("http", "ws"), "--token", token];
  return (await runCli(args, { env: { HOME: stateDir } })).stdout;
}

test.for([
  { operation: "sync", error: "EIO", found: "SQLITE_IOERR_FSYNC" },
  { operation: "write", error: "EIO", found: "SQLITE_IOERR_WRITE" },
  { operation: "write", error: "ENOSPC", found: "SQLITE_FULL" },
  { operation: "write", error: "EROFS", found: "SQLITE_IOERR_WRITE" },
] as const)(
  "a $operation that fails with $error is told to the client, the log and claw status, until it is over",
  async ({ operation, error, found }, context) => {
    await using disk = await failingDisk();
    if (disk === undefined) return context.skip(NO_COMPILER);
    await using model = await startFakeModel(say("hello"));
    await using directory = await temporaryDirectory();
    const start = (env = {}) => startGateway({ stateDir: directory.path, config: model.config, env });
    await using gateway = await start(disk.env);
    const client = await gateway.connect({ reconnect: false });
    await ask(client, "before");

    disk.fail({ operation, error, file: WAL });
    const message = expect.stringMatching(new RegExp(`sessions\\.db can't be written \\(${found}.*Check free space`));
    await expect(send(client, "a")).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true, message });
    await expect(send(client, "b")).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true, message });
    expect(gateway.output().match(/the store fails/g)).toHaveLength(1);
    expect(await clawStatus(gateway)).toMatch(/Data +✗ .*sessions\.db can't be written/);
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200);

    disk.mend();
    for (const key of ["a", "b"]) expect(await ask(client, key)).toMatchObject({ state: "final" });
    expect(gateway.output()).toContain("the store works again");
    expect(await clawStatus(gateway)).not.toContain("Data");
    client.close();
    await gateway.stop("SIGKILL");

    await using restarted = await start();
    const again = await restarted.connect();
    const asked = ["before", "a", "b"].flatMap((text) => [`user: ${text}`, "assistant: hello"]);
    expect(await historyOf(again)).toEqual(asked);
    expect(model.requests).toHaveLength(3);
    again.close();
  },
);

test("a message whose flush failed before a kill is answered once, whether it had reached the disk or not", async (context) => {
  await using disk = await failingDisk();
  if (disk === undefined) return context.skip(NO_COMPILER);
  await using model = await startFakeModel(say("hello"));
  await using directory = await temporaryDirectory();
  const start = (env = {}) => startGateway({ stateDir: directory.path, config: model.config, env });
  await using gateway = await start(disk.env);
  const client = await gateway.connect({ reconnect: false });
  await ask(client, "before");
  disk.fail({ operation: "sync", error: "EIO", file: WAL });
  await expect(send(client, "a")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  client.close();
  await gateway.stop("SIGKILL");

  await using restarted = await start();
  const again = await restarted.connect();
  await send(again, "a");
  expect(await settled(again, "a")).toBe("ok");
  expect(await historyOf(again)).toEqual(["user: before", "assistant: hello", "user: a", "assistant: hello"]);
  expect(model.requests).toHaveLength(2);
  again.close();
});

test("a database that can't be read ends the start with 74, the file and the reason, and is left as it is", async (context) => {
  await using disk = await failingDisk();
  if (disk === undefined) return context.skip(NO_COMPILER);
  await using model = await startFakeModel(say("hello"));
  await using directory = await temporaryDirectory();
  const start = (env = {}) => startGateway({ stateDir: directory.path, config: model.config, env });
  const first = await start();
  const client = await first.connect();
  await ask(client, "before");
  client.close();
  await first.stop();

  disk.fail({ operation: "read", error: "EIO", file: "/sessions.db" });
  await expect(start(disk.env)).rejects.toThrow(/ended \(74\)[\s\S]*sessions\.db.*can't be read/);
  await using again = await start();
  const reader = await again.connect();
  expect(await historyOf(reader)).toEqual(["user: before", "assistant: hello"]);
  reader.close();
});
