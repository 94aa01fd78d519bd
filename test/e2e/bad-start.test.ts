import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { historyOf, send, settled } from "./harness/chat.ts";
import { temporaryDirectory } from "./harness/directory.ts";
import type { Answer } from "./harness/fake-model.ts";
import { startGateway } from "./harness/gateway.ts";
import { createScene } from "./harness/scene.ts";

test("an unknown key ends the start with 78, where it stands and the key that was meant", async () => {
  const starting = startGateway({ config: { agents: { defaults: { timeoutSecond: 5 } } } });
  await expect(starting).rejects.toThrow(/ended \(78\)[\s\S]*agents\.defaults\.timeoutSecond[\s\S]*timeoutSeconds/);
});

test("JSON5 that can't be read ends the start with 78, the line and the column", async () => {
  const starting = startGateway({ config: "{\n  gateway: { port: 0 },\n  models: { providers: = },\n}\n" });
  await expect(starting).rejects.toThrow(/ended \(78\)[\s\S]*openclaw\.json[\s\S]*\b3\b[\s\S]*\b24\b/);
});

test("a mistake made later starts with the last version that worked; one in who comes in ends with 78", async () => {
  await using directory = await temporaryDirectory();
  const agents = { defaults: { timeoutSeconds: 5 } };
  await (await startGateway({ stateDir: directory.path, config: { agents } })).stop();
  const wrong = { agents, messages: { qeue: {} } };
  {
    await using gateway = await startGateway({ stateDir: directory.path, config: wrong });
    expect(gateway.output()).toMatch(/messages\.qeue[\s\S]*the last version that worked/);
  }
  const starting = startGateway({
    stateDir: directory.path,
    config: { ...wrong, users: { ada: { role: "viewer", token: "ada-token" } } },
  });
  await expect(starting).rejects.toThrow(/ended \(78\)[\s\S]*messages\.qeue/);
});

test("a second gateway on a state directory is refused with 75 and the process that has it", async () => {
  await using directory = await temporaryDirectory();
  await using first = await startGateway({ stateDir: directory.path });
  const starting = startGateway({ stateDir: directory.path });
  await expect(starting).rejects.toThrow(new RegExp(`ended \\(75\\)[\\s\\S]*in use by process ${first.pid}\\b`));
  expect((await fetch(`${first.url}/ready`)).status).toBe(200);
});

test("state of another program is left alone, with 73 and the way to a directory of one's own", async () => {
  await using directory = await temporaryDirectory();
  await writeFile(join(directory.path, "somebody-elses.db"), "");
  const starting = startGateway({ stateDir: directory.path });
  await expect(starting).rejects.toThrow(/ended \(73\)[\s\S]*somebody-elses\.db[\s\S]*CLAW_STATE_DIR/);
});

test("a taken port ends the start with 69 at once, and an unfinished turn waits for the next start", async () => {
  let answers = false;
  const stallsAtFirst: Answer = () => (answers ? [{ text: "done" }] : new ReadableStream());
  await using given = await createScene([stallsAtFirst]);
  await given.killedAfter(async ({ client }) => {
    await send(client, "a");
    await given.model.request(1);
  });

  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const starting = startGateway({ stateDir: given.stateDir, config: { ...given.model.config, gateway: { port } } });
  await expect(starting).rejects.toThrow(new RegExp(`ended \\(69\\)[\\s\\S]*Port ${port}[\\s\\S]*--port`));
  other.close();

  answers = true;
  await using opened = await given.open();
  expect(await settled(opened.client, "a")).toBe("ok");
  expect(await historyOf(opened.client)).toEqual(["user: a", "assistant: done"]);
});
