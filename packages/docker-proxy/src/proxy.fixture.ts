import { once } from "node:events";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DockerDecision } from "./audit.ts";
import { type DockerProxyOptions, dockerProxy } from "./docker-proxy.ts";
import { listenOnSocket } from "./listen-on-socket.ts";

export const OWN = "a".repeat(64);
export const FOREIGN = "b".repeat(64);
const BUSY = "e".repeat(64);
export const EXEC = "c".repeat(64);
export const FOREIGN_EXEC = "d".repeat(64);

interface Forwarded {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Stands where the engine does and keeps what it is asked, besides the proxy's own questions. */
export async function fakeEngine(directory: string) {
  const forwarded: Forwarded[] = [];
  const asked: string[] = [];
  const path = join(directory, "engine.sock");
  const containers: Record<string, { readonly Name: string; readonly Config: object; readonly ExecIDs?: unknown }> = {
    [OWN]: {
      Name: "/alice-one",
      Config: { Labels: { "docker-proxy.tenant": "alice" }, Env: ["TOKEN=secret"], Tty: false },
    },
    [BUSY]: {
      Name: "/alice-busy",
      Config: { Labels: { "docker-proxy.tenant": "alice" } },
      ExecIDs: Array(512).fill(EXEC),
    },
    [FOREIGN]: { Name: "/alice-imposter", Config: { Labels: { "docker-proxy.tenant": "bob" } } },
  };
  const byName = (reference: string) =>
    Object.entries(containers).find(([id, { Name }]) => id.startsWith(reference) || Name === `/${reference}`);
  const server = createServer(async (request, response) => {
    const url = request.url ?? "";
    let body = "";
    for await (const chunk of request) body += chunk;
    const send = (status: number, value: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    const call = url.replace(/^\/v1\.\d+/, "");
    const [, reference] = /^\/containers\/([^/]+)\/json$/.exec(call) ?? [];
    const [, exec] = /^\/exec\/([^/]+)\/json$/.exec(call) ?? [];
    if (call === "/_ping") return void response.setHeader("api-version", "1.41").end("OK");
    asked.push(`${request.method} ${call}`);
    if (reference !== undefined) {
      const [Id, container] = byName(reference) ?? [];
      return void (container ? send(200, { Id, ...container }) : send(404, { message: "none" }));
    }
    if (exec !== undefined) {
      const ContainerID = { [EXEC]: OWN, [FOREIGN_EXEC]: FOREIGN }[exec];
      return void (ContainerID ? send(200, { ID: exec, ContainerID }) : send(404, { message: "none" }));
    }
    if (call.startsWith("/containers/json?all=1&filters=") && request.method === "GET") return void send(200, [{}, {}]);
    forwarded.push({ method: request.method ?? "", url, headers: request.headers, body });
    send(201, { Id: OWN, Warnings: [] });
  });
  server.on("upgrade", (request, socket, head) => {
    forwarded.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body: "" });
    socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
    socket.write(head);
    socket.on("error", () => {}).pipe(socket);
  });
  server.listen(path);
  await once(server, "listening");
  return { path, forwarded, asked, close: () => server.close() };
}

export interface TestProxy extends AsyncDisposable {
  readonly path: string;
  readonly workspace: string;
  readonly decisions: readonly DockerDecision[];
  readonly lines: readonly string[];
  connect(): Socket;
  /** Sends these bytes and gives everything that comes back until the connection closes. */
  raw(bytes: string | Uint8Array): Promise<string>;
  ask(method: string, target: string, body?: unknown): Promise<Answer>;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A proxy for `alice` on a socket of its own, before the engine of this machine unless another is named. */
export async function testProxy(options: Partial<DockerProxyOptions> = {}): Promise<TestProxy> {
  const workspace = await realpath(await mkdtemp(join(tmpdir(), "claw-docker-proxy-")));
  const path = join(workspace, "alice.sock");
  const decisions: DockerDecision[] = [];
  const lines: string[] = [];
  const keep = (message: string, fields?: object): void => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const proxy = dockerProxy({
    tenant: "alice",
    policy: { images: ["claw-sandbox:bookworm"], workspaces: [workspace] },
    audit: async (decision) => void decisions.push(decision),
    log: { debug: keep, info: keep, warn: keep, error: keep },
    ...options,
  });
  const listener = await listenOnSocket(proxy, { path });

  const raw = async (bytes: string | Uint8Array): Promise<string> => {
    const socket = connect(path);
    let received = "";
    socket
      .on("error", () => {})
      .on("data", (chunk) => {
        received += chunk.toString("latin1");
      });
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.write(bytes);
    await closed;
    return received;
  };
  return {
    path,
    workspace,
    decisions,
    lines,
    raw,
    connect: () => connect({ path, allowHalfOpen: true }),
    async ask(method, target, body) {
      const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
      const type = text === "" ? "" : "Content-Type: application/json\r\n";
      const length = `Content-Length: ${Buffer.byteLength(text)}`;
      const answer = await raw(`${method} ${target} HTTP/1.1\r\nHost: docker\r\n${type}${length}\r\n\r\n${text}`);
      const [head = "", ...rest] = answer.split("\r\n\r\n");
      return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]), body: rest.join("\r\n\r\n") };
    },
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await listener[Symbol.asyncDispose]();
      await rm(workspace, { recursive: true, force: true });
    },
  };
}
