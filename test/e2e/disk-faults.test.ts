import { execFileSync } from "node:child_process";
import { rename } from "node:fs/promises";
import { expect, test } from "vitest";
import { ask, historyOf, send } from "./harness/chat.ts";
import { temporaryDirectory } from "./harness/directory.ts";
import { say, startFakeModel } from "./harness/fake-model.ts";
import { startGateway } from "./harness/gateway.ts";
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
