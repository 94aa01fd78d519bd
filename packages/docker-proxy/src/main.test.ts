import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fakeEngine } from "./proxy.fixture.ts";

const main = new URL("./main.ts", import.meta.url).pathname;

let directory: string;
let engine: Awaited<ReturnType<typeof fakeEngine>>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "claw-docker-proxy-bin-"));
  engine = await fakeEngine(directory);
});

afterAll(async () => {
  engine.close();
  await rm(directory, { recursive: true, force: true });
});

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, ["--conditions=@claw/source", main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let waiting: (() => void) | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
      waiting?.();
    });
  }
  const exited = once(child, "close").then(([code]) => code);
  return {
    exited,
    output: () => output,
    stop: () => child.kill("SIGTERM"),
    async said(text: string) {
      while (!output.includes(text)) await new Promise<void>((resolve) => (waiting = resolve));
    },
  };
}

async function configure(content: unknown): Promise<string> {
  const path = join(directory, "config.json");
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const alice = { socket: { path: "alice.sock", mode: "0600" }, images: ["claw-sandbox:bookworm"] };

function ask(socketPath: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path, agent: false }, async (response) => {
      let body = "";
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode ?? 0, body });
    })
      .on("error", reject)
      .end();
  });
}

test("serves each tenant on a socket of its own, records what it decides, and stops", async () => {
  const bob = { ...alice, socket: { path: "bob.sock" }, namePrefix: "of-bob-" };
  const path = await configure({ engine: engine.path, audit: "decisions.jsonl", tenants: { alice, bob } });
  const proxy = start("--config", path);
  await proxy.said("bob.sock");
  expect(await ask(join(directory, "alice.sock"), "/containers/alice-one/json")).toMatchObject({ status: 200 });
  expect(await ask(join(directory, "bob.sock"), "/containers/alice-one/json")).toMatchObject({ status: 404 });
  expect(await ask(join(directory, "bob.sock"), "/events")).toMatchObject({ status: 403 });
  proxy.stop();
  expect(await proxy.exited).toBe(0);
  const records = (await readFile(join(directory, "decisions.jsonl"), "utf8")).trim().split("\n");
  expect(records.map((line) => JSON.parse(line))).toMatchObject([
    { tenant: "alice", verdict: "allow", action: "container.inspect" },
    { tenant: "bob", verdict: "deny", rule: "ownership" },
    { tenant: "bob", verdict: "deny", rule: "routes" },
  ]);
});

test("says that a file is right without serving anybody", async () => {
  const check = start("--check", "--config", await configure({ tenants: { alice } }));
  expect(await check.exited).toBe(0);
  expect(check.output()).toContain("tenants: alice");
});

describe("ends with 78 and says what is wrong when", () => {
  const workspaces = { ...alice, workspaces: ["/srv/a/b"] };
  test.each([
    ["it is no JSON", "{", "is no JSON"],
    ["there is no tenant", { tenants: {} }, "there is no tenant"],
    ["a key is unknown", { tenants: { alice: { ...alice, privileged: true } } }, "privileged"],
    ["a tenant can't be reached", { tenants: { alice: { images: ["a:b"] } } }, "needs a socket, or tls"],
    ["an image is any image", { tenants: { alice: { ...alice, images: ["*"] } } }, "An image is name:tag"],
    ["names run into each other", { tenants: { al: alice, "al-x": alice } }, "Give one of them another namePrefix"],
    [
      "one's workspace lies in another's",
      { tenants: { alice: workspaces, bob: { ...alice, workspaces: ["/srv/a/b/c"] } } },
      "lies inside /srv/a/b",
    ],
    [
      "a certificate is missing",
      { tenants: { alice: { ...alice, tls: { port: 1, cert: "x", key: "x", clientCa: "x" } } } },
      "can't be read",
    ],
  ])("%s", async (_what, content, said) => {
    const proxy = start("--config", await configure(content));
    expect(await proxy.exited).toBe(78);
    expect(proxy.output()).toContain(said);
  });
});

test("ends with 2 when the command line is wrong, and with 1 when it can't listen", async () => {
  expect(await start().exited).toBe(2);
  expect(await start("--cnfig", "x").exited).toBe(2);
  const away = { ...alice, socket: { path: "missing/alice.sock" } };
  const proxy = start("--config", await configure({ tenants: { alice: away } }));
  expect(await proxy.exited).toBe(1);
  expect(proxy.output()).toContain("missing/alice.sock can't be made");
});
