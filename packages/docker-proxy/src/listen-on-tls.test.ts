import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect as connectPlain } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect } from "node:tls";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dockerProxy } from "./docker-proxy.ts";
import { listenOnTls, type TlsListener } from "./listen-on-tls.ts";
import { fakeEngine, OWN } from "./proxy.fixture.ts";

let directory: string;
let engine: Awaited<ReturnType<typeof fakeEngine>>;
let listener: TlsListener;
let proxy: ReturnType<typeof dockerProxy>;

const at = (name: string): string => join(directory, name);

/** A certificate and its key, signed by an authority or by itself. */
function certify(name: string, authority?: string): void {
  const signed = authority === undefined ? [] : ["-CA", at(`${authority}.pem`), "-CAkey", at(`${authority}-key.pem`)];
  const files = ["-out", at(`${name}.pem`), "-keyout", at(`${name}-key.pem`)];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const said = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  execFileSync("openssl", ["req", "-x509", ...kind, ...said, ...files, ...signed], { stdio: "pipe" });
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "claw-docker-proxy-tls-"));
  for (const name of ["server", "authority", "stranger"]) certify(name);
  certify("alice", "authority");
  engine = await fakeEngine(directory);
  proxy = dockerProxy({ tenant: "alice", policy: { images: [] }, engine: engine.path });
  const [cert, key, clientCa] = await Promise.all(
    ["server.pem", "server-key.pem", "authority.pem"].map((name) => readFile(at(name))),
  );
  if (!cert || !key || !clientCa) throw new TypeError("three names give three files");
  listener = await listenOnTls(proxy, { port: 0, cert, key, clientCa });
});

afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await listener[Symbol.asyncDispose]();
  engine.close();
  await rm(directory, { recursive: true, force: true });
});

const LIST = "GET /containers/json HTTP/1.1\r\nHost: docker\r\n\r\n";

async function ask(request: string, as?: string, input = ""): Promise<string> {
  const options: ConnectionOptions = { host: "127.0.0.1", port: listener.port, ca: await readFile(at("server.pem")) };
  if (as !== undefined) {
    options.cert = await readFile(at(`${as}.pem`));
    options.key = await readFile(at(`${as}-key.pem`));
  }
  const socket = connect({ ...options, ...{ allowHalfOpen: true } });
  socket.write(request);
  if (input !== "") {
    await once(socket, "data");
    socket.end(input);
  }
  let received = "";
  for await (const chunk of socket) received += chunk;
  return received;
}

test("who shows a certificate of the tenant's authority is served", async () => {
  expect(await ask(LIST, "alice")).toMatch(/^HTTP\/1\.1 201 /);
});

test("who shows none, or another's, gets no answer", async () => {
  engine.asked.length = 0;
  for (const stranger of [undefined, "stranger"]) expect(await ask(LIST, stranger).catch(() => "")).toBe("");
  expect(engine.asked).toEqual([]);
});

test("who speaks without TLS gets no answer", async () => {
  const socket = connectPlain(listener.port, "127.0.0.1");
  socket.end(LIST);
  let received = Buffer.alloc(0);
  for await (const chunk of socket) received = Buffer.concat([received, chunk]);
  expect(received.toString("latin1")).not.toContain("HTTP/1.1");
});

test("a stream carries its input's end, and what comes after it", async () => {
  const attach = `POST /containers/${OWN}/attach?stream=1 HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`;
  expect(await ask(attach, "alice", "through TLS")).toBe("through TLS");
});

test("Docker's own client comes in with its certificate", async () => {
  const address = `tcp://localhost:${listener.port}`;
  const files = ["--tlscacert", at("server.pem"), "--tlscert", at("alice.pem"), "--tlskey", at("alice-key.pem")];
  const args = ["-H", address, "--tlsverify", ...files, "start", "alice-one"];
  const { stdout } = await promisify(execFile)("/usr/bin/docker", args);
  expect(stdout.trim()).toBe("alice-one");
});

test("an address that is taken is an error that names it", async () => {
  const [cert, key] = await Promise.all([readFile(at("server.pem")), readFile(at("server-key.pem"))]);
  await expect(listenOnTls(proxy, { port: listener.port, cert, key, clientCa: cert })).rejects.toMatchObject({
    code: "DOCKER_PROXY_LISTEN_FAILED",
    message: expect.stringContaining(`127.0.0.1:${listener.port}`),
  });
});
