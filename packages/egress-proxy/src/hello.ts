import type { Duplex } from "node:stream";
import { type ClientHello, parseClientHello } from "./client-hello.ts";
import { canonicalHost, type Host } from "./host.ts";

export interface FirstBytes {
  /** All that was read, to be passed on. */
  readonly bytes: Buffer;
  readonly hello: Exclude<ClientHello, { readonly state: "incomplete" }>;
}

/** Reads until the client's hello is there, then leaves the stream paused. */
export function readHello(client: Duplex, signal: AbortSignal): Promise<FirstBytes> {
  const { promise, resolve } = Promise.withResolvers<FirstBytes>();
  const chunks: Buffer[] = [];
  let length = 0;
  let needed = 1;
  const settle = (hello: FirstBytes["hello"]): void => {
    client.off("data", onData).off("end", onEnd).off("close", onEnd);
    signal.removeEventListener("abort", onLate);
    client.pause();
    resolve({ bytes: Buffer.concat(chunks), hello });
  };
  function onData(chunk: Buffer): void {
    chunks.push(chunk);
    length += chunk.length;
    if (length < needed) return;
    const hello = parseClientHello(Buffer.concat(chunks));
    if (hello.state === "incomplete") needed = hello.atLeast;
    else settle(hello);
  }
  const onEnd = (): void => settle({ state: "invalid", reason: "it ended before its TLS hello" });
  const onLate = (): void => settle({ state: "invalid", reason: "its TLS hello did not come in time" });
  client.on("data", onData).on("end", onEnd).on("close", onEnd);
  signal.addEventListener("abort", onLate, { once: true });
  if (signal.aborted) onLate();
  return promise;
}

/** What is wrong with a hello in a tunnel to `host`; `undefined` when it asks for that host and no other. */
export function helloProblem(hello: FirstBytes["hello"], host: Host): string | undefined {
  if (hello.state === "invalid") return hello.reason;
  if (hello.serverName === undefined) {
    // TLS has no server name for an address.
    return host.kind === "ip" ? undefined : "its TLS hello names no server (SNI)";
  }
  const named = canonicalHost(hello.serverName);
  if (named !== undefined && named.kind === "name" && named.text === host.text) return undefined;
  return "its TLS hello names another server than the tunnel";
}
