import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Logger, silentLogger } from "@claw/core";
import { type Admitted, type Applicant, createAdmission } from "./admission.ts";
import { createRecords, type DockerAudit } from "./audit.ts";
import { readBody, readUpgradeBody } from "./body.ts";
import { engineAt, type Hijacked } from "./engine.ts";
import { DEFAULT_LIMITS, type ProxyLimits } from "./limits.ts";
import { createOwnership } from "./ownership.ts";
import { compilePolicy, type DockerPolicy } from "./policy.ts";
import { malformed, Refusal } from "./refusal.ts";
import { passAnswer, reducedAnswer, sendJson, sendRaw } from "./responses.ts";
import { type Route, routesOf } from "./routes.ts";
import { splice } from "./splice.ts";

export interface DockerProxyOptions {
  /** Whose connections these are; containers carry it as a label. */
  readonly tenant: string;
  readonly policy: DockerPolicy;
  /** The engine's socket. Default `/var/run/docker.sock`. */
  readonly engine?: string;
  readonly limits?: ProxyLimits;
  readonly audit?: DockerAudit;
  readonly log?: Logger;
}

export interface DockerProxy extends AsyncDisposable {
  /** Serves a connection of the tenant's. Who may open one is for the caller to say. */
  accept(connection: Socket): void;
}

/** The engine's API for one tenant: requests are read, judged and written anew; nothing of them is passed on. */
export function dockerProxy(options: DockerProxyOptions): DockerProxy {
  const { tenant, engine: socketPath = "/var/run/docker.sock", audit, log = silentLogger } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const policy = compilePolicy(tenant, options.policy);
  const engine = engineAt(socketPath, limits.engineTimeoutMs);
  const admit = createAdmission({
    policy,
    routes: routesOf(policy),
    ownership: createOwnership(engine, policy),
    limits,
  });
  const records = createRecords(tenant, log, audit);
  /** Each with the timer that ends it unless its request arrives. */
  const connections = new Map<Socket, NodeJS.Timeout>();
  const arrived = (socket: Socket): void => clearTimeout(connections.get(socket));

  /** Admits, records and calls; the answer is for the caller to pass on. Rejects with a `Refusal`. */
  async function pursue(applicant: Omit<Applicant, "onRoute">) {
    let action: string | undefined;
    let admitted: Admitted | undefined;
    const onRoute = (route: Route): void => {
      action = route.action;
    };
    try {
      admitted = await admit({ ...applicant, onRoute });
      await records.allowed(admitted.route.action, admitted.container);
      // One that is made is made to its end, or clients that leave would have more than are counted.
      const signal = admitted.route.creates === true ? new AbortController().signal : applicant.signal;
      return { route: admitted.route, answer: await engine.call(admitted.call, signal) };
    } catch (error) {
      // A client that left is told nothing, and nothing was refused.
      if (applicant.signal.aborted) throw error;
      if (!(error instanceof Refusal)) log.error("the proxy failed at a request", { tenant, error: String(error) });
      const refusal = refusalOf(error);
      await records.refused(refusal, action);
      throw refusal;
    } finally {
      admitted?.leave();
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const left = new AbortController();
    response.on("close", () => left.abort());
    try {
      const applicant = {
        request,
        body: () => readBody(request).finally(() => arrived(request.socket)),
        upgrade: false,
        signal: left.signal,
      };
      const { route, answer } = await pursue(applicant);
      if ("head" in answer) throw malformed("engine", "the engine answered with a stream", 502);
      if (route.action === "ping") await pong(answer, response);
      else await passAnswer(answer, response, route);
    } catch (error) {
      if (response.headersSent) return void response.destroy();
      const refusal = refusalOf(error);
      sendJson(response, refusal.status, refusal);
    }
  }

  async function pong(answer: IncomingMessage, response: ServerResponse): Promise<void> {
    answer.resume();
    response.setHeaders(
      new Headers({
        "api-version": await engine.version(),
        connection: "close",
        "docker-experimental": "false",
        ostype: "linux",
        // By it a client can tell that it does not hold the engine itself.
        server: "claw-docker-proxy",
      }),
    );
    response.writeHead(answer.statusCode ?? 502).end("OK");
  }

  async function serveUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const left = new AbortController();
    const leave = (): void => left.abort();
    socket.on("close", leave).on("error", () => {});
    let far: Hijacked | undefined;
    try {
      const body = () => readUpgradeBody(request, socket, head).finally(() => arrived(socket));
      const { route, answer } = await pursue({ request, body, upgrade: true, signal: left.signal });
      if ("head" in answer) far = answer;
      else sendRaw(socket, answer.statusCode ?? 502, await reducedAnswer(answer, route));
    } catch (error) {
      const refusal = refusalOf(error);
      sendRaw(socket, refusal.status, refusal);
    } finally {
      socket.off("close", leave);
    }
    if (far !== undefined && socket.destroyed) far.socket.destroy();
    else if (far !== undefined) splice(socket, far);
  }

  function refuseRaw(socket: Socket, refusal: Refusal): void {
    void records.refused(refusal, undefined);
    sendRaw(socket, refusal.status, refusal);
  }

  const expectation = (request: IncomingMessage): void => {
    if (isFirst(request)) refuseRaw(request.socket, malformed("http", "nothing is expected here", 417));
  };

  const asked = new WeakSet<Socket>();
  /** Ends the connection of a second request, sent before the first was answered. */
  const isFirst = ({ socket }: IncomingMessage): boolean => {
    if (asked.has(socket)) {
      socket.destroy();
      return false;
    }
    asked.add(socket);
    return true;
  };
  const server = createServer({ maxHeaderSize: 8192, noDelay: true })
    .on("request", (request, response) => {
      if (isFirst(request)) void serve(request, response);
    })
    .on("upgrade", (request, socket, head) => {
      if (isFirst(request)) void serveUpgrade(request, socket as Socket, head);
    })
    .on("connect", (request, socket) => {
      if (isFirst(request)) refuseRaw(socket as Socket, malformed("http", "this is no proxy to elsewhere"));
    })
    .on("checkContinue", expectation)
    .on("checkExpectation", expectation)
    .on("clientError", (error, socket) => {
      if (!socket.writable) return void socket.destroy();
      const code = "code" in error ? String(error.code) : "";
      refuseRaw(socket as Socket, malformed("http", `this is no HTTP request (${code})`));
    });

  return {
    accept(connection) {
      if (connections.size >= limits.connections) {
        log.warn("a connection is closed, because there are too many", { tenant, most: limits.connections });
        connection.destroy();
        return;
      }
      // The server's own deadlines hold for what it listens for itself.
      const late = setTimeout(() => connection.destroy(), limits.requestTimeoutMs);
      connections.set(connection, late);
      connection.on("close", () => {
        clearTimeout(late);
        connections.delete(connection);
      });
      server.emit("connection", connection);
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const connection of connections.keys()) connection.destroy();
    },
  };
}

const refusalOf = (error: unknown): Refusal =>
  error instanceof Refusal
    ? error
    : new Refusal("proxy", "the proxy failed", { status: 500, advice: "Look into the proxy's log." });
