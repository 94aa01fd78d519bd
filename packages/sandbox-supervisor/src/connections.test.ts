import { once } from "node:events";
import type { Duplex } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type RunningSupervisor, startSupervisor } from "./native.fixture.ts";

const PORT = 3128;
let running: RunningSupervisor;
/** What a test does with each connection. */
let serve: (connection: Duplex) => void;

beforeEach(async () => {
  running = await startSupervisor();
  await running.supervisor.listen(PORT, (connection) => serve(connection));
});

afterEach(() => running[Symbol.asyncDispose]());

const CONNECT = `exec 3<>/dev/tcp/127.0.0.1/${PORT}`;

/** All that comes; unlike an iteration, it leaves the other side open. */
async function heardFrom(connection: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = [];
  connection.on("data", (chunk) => chunks.push(chunk));
  await once(connection, "end");
  return Buffer.concat(chunks);
}

/** Runs a program of Node's inside, with `socket` connected. */
const inside = (code: string) =>
  running.bash("", {
    argv: [
      process.execPath,
      "-e",
      `const socket = require("node:net").connect({ port: ${PORT}, host: "127.0.0.1", allowHalfOpen: true }); ${code}`,
    ],
  });

test("a program inside and the gateway speak with each other, and each ends its own side", async () => {
  serve = async (connection) => {
    connection.end(`heard ${await heardFrom(connection)}`);
  };
  const { stdout } = await inside(`socket.end("hello"); socket.pipe(process.stdout)`);
  expect(stdout).toBe("heard hello");
});

test("the gateway may be the first to end", async () => {
  const heard = Promise.withResolvers<string>();
  serve = (connection) => {
    connection.end("bye");
    heardFrom(connection).then(String).then(heard.resolve, heard.reject);
  };
  await inside(`socket.on("end", () => socket.end("late")).pipe(process.stdout)`);
  expect(await heard.promise).toBe("late");
});

test("20 MB each way arrive whole, at the same time", async () => {
  const size = 20_000_000;
  const heard = Promise.withResolvers<Buffer>();
  serve = (connection) => {
    connection.end(Buffer.alloc(size, "gateway "));
    heardFrom(connection).then(heard.resolve, heard.reject);
  };
  const { stdout } = await inside(`
    socket.end(Buffer.alloc(${size}, "sandbox "));
    const chunks = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("end", () => console.log(Buffer.concat(chunks).equals(Buffer.alloc(${size}, "gateway "))));`);
  expect(stdout).toBe("true\n");
  expect((await heard.promise).equals(Buffer.alloc(size, "sandbox "))).toBe(true);
});

test("what the gateway does not read stays inside", async () => {
  const connected = Promise.withResolvers<Duplex>();
  serve = connected.resolve;
  const writer = running.bash(`${CONNECT}; head -c 50M /dev/zero >&3; echo written`);
  const connection = await connected.promise;
  connection.on("error", () => {});
  await once(connection, "readable");
  // Frames that were sent before this answer are here by now.
  await running.supervisor.ping();
  expect(connection.readableLength).toBeLessThanOrEqual(262_144);
  connection.resume();
  expect((await writer).stdout).toBe("written\n");
});

test("a connection is reset from either side, and others go on", async () => {
  serve = (connection) => connection.on("error", () => {}).once("data", () => connection.destroy());
  expect(
    (await inside(`socket.on("error", () => {}).on("close", () => console.log("gone")); socket.write("x")`)).stdout,
  ).toBe("gone\n");

  const closed = Promise.withResolvers<unknown>();
  serve = (connection) => {
    connection.on("error", closed.resolve).write("x");
  };
  await inside(`socket.once("data", () => socket.resetAndDestroy())`);
  expect(await closed.promise).toMatchObject({ message: expect.stringMatching(/reset/) });

  serve = (connection) => connection.resume().end("fine");
  expect((await running.bash(`${CONNECT}; cat <&3`)).stdout).toBe("fine");
});

test("300 connections at once are served, those beyond the room of 256 in their turn", async () => {
  let most = 0;
  let open = 0;
  serve = async (connection) => {
    most = Math.max(most, ++open);
    const heard = await heardFrom(connection);
    open--;
    connection.end(heard);
  };
  const { stdout } = await inside(`
    socket.destroy();
    let right = 0;
    for (let number = 0; number < 300; number++) {
      const one = require("node:net").connect({ port: ${PORT}, host: "127.0.0.1", allowHalfOpen: true });
      let heard = "";
      one.on("data", (chunk) => { heard += chunk; });
      one.on("end", () => { if (heard === String(number)) right++; if (right === 300) console.log(right); });
      setTimeout(() => one.end(String(number)), 50);
    }`);
  expect(stdout).toBe("300\n");
  expect(most).toBeGreaterThan(40);
});

test("it listens once, on loopback alone, and says when the port is taken", async () => {
  await expect(running.supervisor.listen(PORT, () => {})).rejects.toThrow(/one port/);
  const { stdout } = await running.bash("ss -ltnH | awk '{print $4}'");
  expect(stdout).toBe(`127.0.0.1:${PORT}\n`);
  await using other = await startSupervisor();
  const holder = other.bash("", {
    argv: [
      process.execPath,
      "-e",
      `require("node:net").createServer().listen(${PORT}, "127.0.0.1"); setTimeout(() => process.exit(), 3000)`,
    ],
  });
  for (;;) if ((await other.bash("ss -ltnH")).stdout !== "") break;
  await expect(other.supervisor.listen(PORT, () => {})).rejects.toThrow(/can't be had/);
  holder.catch(() => {});
});

test("connections end with the sandbox", async () => {
  const failed = Promise.withResolvers<unknown>();
  const connected = Promise.withResolvers<void>();
  serve = (connection) => {
    connection.on("error", failed.resolve);
    connected.resolve();
  };
  running.bash(`${CONNECT}; sleep 60`).catch(() => {});
  await connected.promise;
  await running[Symbol.asyncDispose]();
  expect(await failed.promise).toBeInstanceOf(Error);
});
