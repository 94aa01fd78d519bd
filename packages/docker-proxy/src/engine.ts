import { type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { MAX_ANSWER_BYTES } from "./limits.ts";
import { Refusal } from "./refusal.ts";
import type { Json } from "./strict-json.ts";

/** One call, as it is written anew for the engine. */
export interface EngineCall {
  readonly method: string;
  /** Without a version. */
  readonly path: string;
  readonly query?: ReadonlyMap<string, string>;
  readonly body?: Json;
  /** Asks for the connection itself. */
  readonly upgrade?: boolean;
  /** `undefined` for calls that take as long as a container does. */
  readonly timeoutMs: number | undefined;
}

export interface Hijacked {
  readonly socket: Socket;
  readonly head: Buffer;
  readonly contentType: string;
}

export interface Engine {
  /** Of the API, as every call asks for it: the engine's own, within what this package knows. */
  version(): Promise<string>;
  /** Resolves with the head of the answer; its body is not read yet. */
  call(call: EngineCall, signal: AbortSignal): Promise<IncomingMessage | Hijacked>;
  /** For calls of the proxy's own; the body as JSON. */
  ask(path: string, signal: AbortSignal, query?: ReadonlyMap<string, string>): Promise<EngineAnswer>;
}

interface EngineAnswer {
  readonly status: number;
  readonly value: Json;
}

/** The oldest and the newest version whose meaning this package knows. */
const OLDEST = 41;
const NEWEST = 44;

/** An engine behind a Unix socket. Every call has a connection of its own, so that none can follow in another's bytes. */
export function engineAt(socketPath: string, timeoutMs: number): Engine {
  let version: Promise<string> | undefined;

  const send = (path: string, call: EngineCall, signal: AbortSignal): Promise<IncomingMessage | Hijacked> => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage | Hijacked>();
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const headers = {
      host: "docker",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(call.method === "POST" ? { "content-length": body?.length ?? 0 } : {}),
      ...(call.upgrade === true ? { connection: "Upgrade", upgrade: "tcp" } : { connection: "close" }),
    };
    const query = new URLSearchParams([...(call.query ?? [])]).toString();
    // Over the whole answer: one that never ends is no answer.
    const deadline = call.timeoutMs === undefined ? undefined : AbortSignal.timeout(call.timeoutMs);
    request({
      socketPath,
      path: query === "" ? path : `${path}?${query}`,
      method: call.method,
      headers,
      agent: false,
      signal: deadline === undefined ? signal : AbortSignal.any([signal, deadline]),
    })
      .on("response", resolve)
      .on("upgrade", (response, socket, head) => {
        resolve({ socket: socket as Socket, head, contentType: response.headers["content-type"] ?? "" });
      })
      .on("error", (error) => reject(deadline?.aborted === true ? late() : unreachable(error)))
      .end(body);
    return promise;
  };

  async function negotiate(signal: AbortSignal): Promise<string> {
    const answer = await send("/_ping", { method: "GET", path: "/_ping", timeoutMs }, signal);
    if ("head" in answer) throw unreachable();
    answer.resume();
    const minor = Number(/^1\.(\d+)$/.exec(String(answer.headers["api-version"]))?.[1]);
    if (!(minor >= OLDEST)) {
      throw new Refusal("engine", `the engine speaks no version of 1.${OLDEST} or later`, {
        status: 502,
        advice: "Update the engine.",
      });
    }
    return `1.${Math.min(minor, NEWEST)}`;
  }

  const versionOf = (): Promise<string> => {
    // By no caller's signal: all of them wait for the same answer.
    version ??= negotiate(new AbortController().signal).catch((error) => {
      version = undefined;
      throw error;
    });
    return version;
  };

  const call: Engine["call"] = async (one, signal) => send(`/v${await versionOf()}${one.path}`, one, signal);

  return {
    version: versionOf,
    call,
    async ask(path, signal, query = new Map()) {
      const answer = await call({ method: "GET", path, query, timeoutMs }, signal);
      if ("head" in answer) throw unreachable();
      return { status: answer.statusCode ?? 502, value: await readJson(answer) };
    },
  };
}

/** `null` when there is nothing, or nothing that is JSON. */
export async function readJson(answer: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES)
      throw new Refusal("engine", "the engine's answer is too long", { status: 502, advice: "" });
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return null;
  }
}

function unreachable(error?: unknown): Refusal {
  const code = error instanceof Error && "code" in error ? String(error.code) : "no answer";
  return new Refusal("engine", `the engine gives no answer (${code})`, { status: 502, advice: RUNS });
}

const late = (): Refusal => new Refusal("engine", "the engine gives no answer in time", { status: 504, advice: RUNS });

const RUNS = "Look whether it runs.";
