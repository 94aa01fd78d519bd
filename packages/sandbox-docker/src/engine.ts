import { readFileSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { reasonOf, sandboxError } from "./errors.ts";

/** How long one call that does no work of its own may take before the engine counts as gone. */
export const ENGINE_TIMEOUT_MS = 15_000;

interface SocketAddress {
  readonly socketPath: string;
}

interface NetworkAddress {
  readonly protocol: "http" | "https";
  readonly host: string;
  readonly port: number;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export interface EngineAddress {
  /** As people write it, for messages. */
  readonly url: string;
  readonly connection: SocketAddress | NetworkAddress;
}

/** Reads `unix:///path` or `tcp://host:port`; without one `DOCKER_HOST` speaks, then the standard socket. */
export function engineAddress(engine?: string): EngineAddress {
  const url = engine ?? (process.env["DOCKER_HOST"] || "unix:///var/run/docker.sock");
  if (url.startsWith("unix://")) return { url, connection: { socketPath: url.slice("unix://".length) } };
  const parsed = URL.parse(url);
  if (parsed?.protocol !== "tcp:" || parsed.hostname === "") {
    throw sandboxError(
      "SANDBOX_UNAVAILABLE",
      `A Docker engine is named as unix:///path or tcp://host:port, not "${url}". Correct DOCKER_HOST or the engine option.`,
    );
  }
  const host = parsed.hostname.replace(/^\[|\]$/g, "");
  const certificates = process.env["DOCKER_TLS_VERIFY"] ? process.env["DOCKER_CERT_PATH"] : undefined;
  if (certificates === undefined) {
    return { url, connection: { protocol: "http", host, port: Number(parsed.port || 2375) } };
  }
  const [ca, cert, key] = ["ca.pem", "cert.pem", "key.pem"].map((name) => readCertificate(certificates, name));
  if (!ca || !cert || !key) throw new TypeError("unreachable: three names give three files");
  return { url, connection: { protocol: "https", host, port: Number(parsed.port || 2376), ca, cert, key } };
}

/** Loads the client on first use: it costs some 100 ms and tens of megabytes that a gateway without Docker keeps. */
export async function connectEngine(address: EngineAddress): Promise<Docker> {
  const { default: Client } = await import("dockerode");
  // Named as undefined because the client would otherwise add what DOCKER_HOST says to what it is given.
  return new Client({ host: undefined, port: undefined, ...address.connection } as Docker.DockerOptions);
}

/** The client's types know of no options here. */
export function pingEngine(engine: Docker, abortSignal: AbortSignal): Promise<unknown> {
  const ping = engine.ping as (options: { readonly abortSignal: AbortSignal }) => Promise<unknown>;
  return ping.call(engine, { abortSignal });
}

/** True when the connection failed, not what was asked over it. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, "syscall") === "connect";
}

/** The way to mend an engine that can't be reached. */
export function engineAdvice(address: EngineAddress, error: unknown): string {
  const code = typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
  if (code === "EACCES") {
    return `No permission to use ${address.url}. Add this user to the group docker and log in again.`;
  }
  return `No Docker engine answers at ${address.url} (${code ?? reasonOf(error)}). Install and start Docker, or name a running engine in DOCKER_HOST.`;
}

function readCertificate(directory: string, name: string): Buffer {
  try {
    return readFileSync(join(directory, name));
  } catch (error) {
    throw sandboxError("SANDBOX_UNAVAILABLE", `DOCKER_CERT_PATH has no readable ${name} (${reasonOf(error)}).`, error);
  }
}
