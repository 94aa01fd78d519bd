import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { CallOptions } from "@claw/core";
import { type EngineAddress, engineAddress, engineAdvice } from "./engine.ts";
import { reasonOf } from "./errors.ts";

export interface DockerProbe {
  readonly reachable: boolean;
  /** For people: what answered, or why nothing did and what to do. */
  readonly reason: string;
  readonly version?: string;
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
    return { reachable: false, reason: reasonOf(error) };
  }
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const server = await ping(address, signal ? AbortSignal.any([signal, deadline]) : deadline);
    const version = /^Docker\/(\S+)/.exec(server)?.[1];
    const reason = `${version ? `Docker ${version}` : "An engine"} answers at ${address.url}.`;
    return version ? { reachable: true, reason, version } : { reachable: true, reason };
  } catch (error) {
    if (deadline.aborted) {
      return { reachable: false, reason: `${address.url} gave no answer within ${timeoutMs} ms. Restart the engine.` };
    }
    return { reachable: false, reason: engineAdvice(address, error) };
  }
}

function ping({ connection }: EngineAddress, signal: AbortSignal): Promise<string> {
  const request = "protocol" in connection && connection.protocol === "https" ? httpsRequest : httpRequest;
  const target = "socketPath" in connection ? connection : { ...connection, protocol: `${connection.protocol}:` };
  return new Promise((resolve, reject) => {
    request({ ...target, path: "/_ping", agent: false, signal }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve(String(response.headers["server"] ?? ""));
      else reject(new Error(`HTTP ${response.statusCode}`));
    })
      .on("error", reject)
      .end();
  });
}
