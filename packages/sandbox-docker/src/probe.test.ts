import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { dockerSandbox } from "./docker-sandbox.ts";
import { temporaryDirectory } from "./engine.fixture.ts";
import { engineLacks } from "./engine-lacks.ts";
import { probeDocker } from "./probe.ts";

afterEach(() => vi.unstubAllEnvs());

/** Something that listens where an engine would. */
async function listening(handler: RequestListener, path: string | number) {
  const server = createServer(handler).listen(path);
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" ? address?.port : undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const ping: RequestListener = (request, response) => {
  response.writeHead(request.url === "/_ping" ? 200 : 404, { server: "Docker/28.1.0 (linux)" }).end("OK");
};

test("an engine that answers is reachable and tells its version", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "engine.sock");
  await using _server = await listening(ping, path);
  expect(await probeDocker({ engine: `unix://${path}` })).toEqual({
    reachable: true,
    proxied: false,
    socketPath: path,
    version: "28.1.0",
    reason: `Docker 28.1.0 answers at unix://${path}.`,
  });
});

test("a docker-proxy in front of the engine is told from the engine", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "engine.sock");
  const proxy: RequestListener = (_request, response) => {
    response.writeHead(200, { server: "claw-docker-proxy" }).end("OK");
  };
  await using _server = await listening(proxy, path);
  expect(await probeDocker({ engine: `unix://${path}` })).toMatchObject({
    proxied: true,
    reason: `A docker-proxy answers at unix://${path}.`,
  });
});

test("an engine says what it lacks, and one that does not say so is no error", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "engine.sock");
  const info = {
    SecurityOptions: ["name=seccomp,profile=default", "name=cgroupns"],
    MemoryLimit: true,
    PidsLimit: true,
  };
  const answers: RequestListener = (request, response) => {
    response.writeHead(request.url === "/info" ? 200 : 404).end(JSON.stringify(info));
  };
  const server = await listening(answers, path);
  expect(await engineLacks(`unix://${path}`)).toEqual(["apparmor", "userns", "swap", "cpu"]);
  await server[Symbol.asyncDispose]();
  expect(await engineLacks(`unix://${path}`)).toBeUndefined();
});

test("DOCKER_HOST names the engine, by tcp too", async () => {
  await using server = await listening(ping, 0);
  vi.stubEnv("DOCKER_HOST", `tcp://127.0.0.1:${server.port}`);
  expect(await probeDocker()).toMatchObject({ reachable: true, version: "28.1.0" });
});

test("a missing socket, a silent one and a wrong answer are unreachable, each with its reason", async () => {
  await using directory = await temporaryDirectory();
  const engine = `unix://${join(directory.path, "engine.sock")}`;
  expect(await probeDocker({ engine })).toMatchObject({
    reachable: false,
    reason: expect.stringMatching(/ENOENT.*DOCKER_HOST/),
  });
  {
    await using _silent = await listening(() => {}, join(directory.path, "engine.sock"));
    const probe = await probeDocker({ engine, timeoutMs: 50 });
    expect(probe).toMatchObject({ reachable: false, reason: expect.stringMatching(/within 50 ms/) });
  }
  await using _wrong = await listening(
    (_request, response) => response.writeHead(503).end(),
    join(directory.path, "engine.sock"),
  );
  expect(await probeDocker({ engine })).toMatchObject({ reachable: false, reason: expect.stringMatching(/HTTP 503/) });
});

test("an address that is none is a reason, not a rejection", async () => {
  const probe = await probeDocker({ engine: "ssh://somewhere" });
  expect(probe).toMatchObject({ reachable: false, reason: expect.stringMatching(/unix:\/\/\/path or tcp:/) });
});

test("a provider whose engine is not there rejects with the way to mend it", async () => {
  await using directory = await temporaryDirectory();
  const engine = `unix://${join(directory.path, "engine.sock")}`;
  const provider = dockerSandbox({ stateDir: directory.path, engine });
  expect(provider.status()).toMatchObject({ state: "preparing" });
  const acquired = provider.acquire({ key: "k", workspace: { access: "none" }, network: "none" });
  await expect(acquired).rejects.toMatchObject({
    code: "SANDBOX_UNAVAILABLE",
    message: expect.stringMatching(/Install and start Docker/),
  });
  expect(provider.status()).toMatchObject({ state: "unavailable", detail: expect.stringContaining(engine) });
});

test("an engine that never answers is given up after a deadline the caller can shorten", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "engine.sock");
  await using _silent = await listening(() => {}, path);
  const provider = dockerSandbox({ stateDir: directory.path, engine: `unix://${path}` });
  const acquired = provider.acquire(
    { key: "k", workspace: { access: "none" }, network: "none" },
    { signal: AbortSignal.timeout(50) },
  );
  await expect(acquired).rejects.toMatchObject({ code: "SANDBOX_ABORTED" });
});
