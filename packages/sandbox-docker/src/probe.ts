import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { CallOptions } from "@claw/core";
import { type EngineAddress, engineAddress, engineAdvice } from "./engine.ts";
import { reasonOf } from "./errors.ts";

export interface DockerProbe {
  readonly reachable: boolean;
  /** For people: what answered, or why nothing did and what to do. */
  readonly reason: string;
  /** What answered is a docker-proxy, and not the engine itself. */
  readonly proxied: boolean;
  readonly version?: string;
  /** Absent when what answered is elsewhere in the network. */
  readonly socketPath?: string;
}

export interface ProbeOptions extends CallOptions {
  /** `unix:///path` or `tcp://host:port`. Default: `DOCKER_HOST`, then `/var/run/docker.sock`. */
  readonly engine?: string;
  /** Default 2,000. */
  readonly timeoutMs?: number;
}

/** Asks an engine whether it is there. Never rejects, and loads no Docker client. */
export async function probeDocker({ engine, timeoutMs = 2_000, signal }: ProbeOptions = {}): Promise<DockerProbe> {
  let address: EngineAddress;
  try {
    address = engineAddress(engine);
  } catch (error) {
    return gone(reasonOf(error));
  }
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const { server } = await askEngine(address, "/_ping", signal ? AbortSignal.any([signal, deadline]) : deadline);
    const version = /^Docker\/(\S+)/.exec(server)?.[1];
    const proxied = server === DOCKER_PROXY;
    const answering = proxied ? "A docker-proxy" : version ? `Docker ${version}` : "An engine";
    const { connection, url } = address;
    return {
      reachable: true,
      proxied,
      reason: `${answering} answers at ${url}.`,
      ...(version ? { version } : {}),
      ...("socketPath" in connection ? { socketPath: connection.socketPath } : {}),
    };
  } catch (error) {
    if (deadline.aborted) {
      return gone(`${address.url} gave no answer within ${timeoutMs} ms. Restart the engine.`);
    }
    return gone(engineAdvice(address, error));
  }
}

/** As `@claw/docker-proxy` calls itself. */
const DOCKER_PROXY = "claw-docker-proxy";

const gone = (reason: string): DockerProbe => ({ reachable: false, proxied: false, reason });

interface EngineAnswer {
  readonly server: string;
  readonly body: string;
}

const MAX_ANSWER_BYTES = 1024 * 1024;

/** One question, without a Docker client. Rejects unless the answer is a success. */
export function askEngine({ connection }: EngineAddress, path: string, signal: AbortSignal): Promise<EngineAnswer> {
  const request = "protocol" in connection && connection.protocol === "https" ? httpsRequest : httpRequest;
  const target = "socketPath" in connection ? connection : { ...connection, protocol: `${connection.protocol}:` };
  return new Promise((resolve, reject) => {
    request({ ...target, path, agent: false, signal }, async (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      try {
        for await (const chunk of response) {
          bytes += chunk.length;
          if (bytes > MAX_ANSWER_BYTES) throw new Error("the answer is too long");
          chunks.push(chunk);
        }
        if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode}`);
        resolve({ server: String(response.headers["server"] ?? ""), body: Buffer.concat(chunks).toString() });
      } catch (error) {
        reject(error);
      }
    })
      .on("error", reject)
      .end();
  });
}
