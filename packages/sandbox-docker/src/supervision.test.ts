import { once } from "node:events";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { SandboxLease } from "@claw/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dockerSandbox } from "./docker-sandbox.ts";
import { type TemporaryDirectory, temporaryDirectory, testEngine, whyNoEngine } from "./engine.fixture.ts";
import { removeContainer } from "./running-container.ts";

const reason = await whyNoEngine();
const spec = { key: "supervision", workspace: { access: "none" }, network: "none" } as const;

describe.skipIf(reason !== undefined).each(["supervisor", "engine"])(
  `supervision by the %s${reason === undefined ? "" : `, skipped: ${reason}`}`,
  (runner) => {
    const supervised = runner === "supervisor";
    let directory: TemporaryDirectory;
    let lease: SandboxLease;

    beforeAll(async () => {
      directory = await temporaryDirectory();
      lease = await dockerSandbox({ stateDir: directory.path, supervised }).acquire(spec);
    });

    afterAll(async () => {
      await lease[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    });

    /** The command lines that run besides the container's own. */
    async function running(): Promise<string[]> {
      const { stdout } = await lease.sandbox.run(
        "ps -eo args= | grep -v -e claw-supervisor -e docker-init -e 'sleep infinity' -e 'ps -eo' -e grep -e /bin/bash",
      );
      return stdout.trim().split("\n").filter(Boolean);
    }

    test("a timeout ends children that left the session or cleared their environment", async () => {
      const escapes =
        "setsid sleep 601 & env -i setsid sleep 602 >/dev/null 2>&1 & (setsid nohup sleep 603 &) ; exec env -i sleep 604";
      expect(await lease.sandbox.run(escapes, { timeoutMs: 700 })).toMatchObject({ exitCode: 124, timedOut: true });
      expect(await running()).toEqual([]);
    });

    test("an abort as early as the command itself leaves nothing behind", async () => {
      for (const delayMs of [0, 5, 20, 40, 60, 80]) {
        const aborted = lease.sandbox.run("setsid sleep 605 >/dev/null 2>&1 & sleep 606", {
          signal: AbortSignal.timeout(delayMs),
        });
        await expect(aborted).rejects.toMatchObject({ code: "SANDBOX_ABORTED" });
      }
      expect(await running()).toEqual([]);
    });

    test("ending one command leaves another's processes alone", async () => {
      await lease.sandbox.run("setsid sleep 607 >/dev/null 2>&1 &");
      await lease.sandbox.run("sleep 608", { timeoutMs: 300 });
      expect(await running()).toEqual(["sleep 607"]);
      await lease.sandbox.run("pkill -x sleep -n");
    });

    test("a process that shook off its mark but holds the output open is ended with everything else", async () => {
      const result = await lease.sandbox.run("ulimit -x 5; echo out; sleep 609", { timeoutMs: 3_000 });
      expect(result).toMatchObject({ stdout: "out\n", timedOut: true });
      expect(await running()).toEqual([]);
    });

    test("a command ends with its shell although a child in the background holds its output", async () => {
      const result = await lease.sandbox.run("sleep 611 & echo started");
      expect(result).toMatchObject({ exitCode: 0, stdout: "started\n" });
      await lease.sandbox.run("pkill -x sleep -n");
    });

    test("a command that closed its output is waited for", async () => {
      const { exitCode } = await lease.sandbox.run("exec >&- 2>&- <&-; sleep 0.5; exit 9");
      expect(exitCode).toBe(9);
    });

    test("output before an exit without reading the input is whole", async () => {
      const stdin = new Uint8Array(3_000_000);
      for (let round = 0; round < 8; round++) {
        const result = await lease.sandbox.run("seq 5000; exit 3", { stdin });
        expect(result.exitCode).toBe(3);
        expect(result.stdout.endsWith("\n5000\n")).toBe(true);
      }
    });

    test("a listener that throws stops the command", async () => {
      const onOutput = () => {
        throw new Error("the listener's own");
      };
      await expect(lease.sandbox.run("echo x; sleep 610", { onOutput })).rejects.toMatchObject({
        code: "SANDBOX_ABORTED",
      });
      expect(await running()).toEqual([]);
    });

    test("100 MB of output leave the memory as it was", async () => {
      globalThis.gc?.();
      const before = process.memoryUsage().rss;
      const result = await lease.sandbox.run("head -c 100000000 /dev/zero");
      expect(result).toMatchObject({ exitCode: 0, truncated: true });
      expect(result.stdout.length).toBeLessThan(70_000);
      expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
    });

    test("a container removed or stopped by somebody else is lost, and the next one is fresh", async () => {
      const provider = dockerSandbox({ stateDir: directory.path, supervised });
      for (const end of ["remove", "kill", "stop"] as const) {
        await using doomed = await provider.acquire(spec);
        const { promise: started, resolve } = Promise.withResolvers<void>();
        const command = doomed.sandbox.run("echo started; sleep 60", { onOutput: () => resolve() });
        const lost = expect(command).rejects.toMatchObject({ code: "SANDBOX_LOST" });
        await started;
        const container = (await testEngine()).getContainer(doomed.id);
        if (end === "remove") await container.remove({ force: true });
        else if (end === "kill") await container.kill();
        else await container.stop({ t: 1 });
        await lost;
        if (supervised) expect(await doomed.lost).toBeInstanceOf(Error);
        await expect(doomed.sandbox.run("true")).rejects.toMatchObject({ code: "SANDBOX_LOST" });
        await using fresh = await provider.acquire(spec);
        expect((await fresh.sandbox.run("echo fresh")).stdout).toBe("fresh\n");
      }
    });

    test("an engine that dies under a command is noticed", async () => {
      const relay = await engineRelay(join(directory.path, "relay.sock"));
      const provider = dockerSandbox({ stateDir: directory.path, engine: relay.url, supervised });
      const doomed = await provider.acquire(spec);
      const { promise: started, resolve } = Promise.withResolvers<void>();
      const command = doomed.sandbox.run("echo started; sleep 60", { onOutput: () => resolve() });
      const lost = expect(command).rejects.toMatchObject({ code: "SANDBOX_LOST" });
      await started;
      relay.die();
      await lost;
      await expect(provider.acquire(spec)).rejects.toMatchObject({ code: "SANDBOX_UNAVAILABLE" });
      await doomed[Symbol.asyncDispose]();
      await removeContainer((await testEngine()).getContainer(doomed.id));
    });
  },
);

/** Stands before the real engine, so that a test can take the engine away without hurting anybody else's. */
async function engineRelay(path: string): Promise<{ readonly url: string; die(): void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = createConnection("/var/run/docker.sock");
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => [near, far].map((one) => one.destroy()));
    }
    near.pipe(far).pipe(near);
  }).listen(path);
  await once(server, "listening");
  return {
    url: `unix://${path}`,
    die() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
