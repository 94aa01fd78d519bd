import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, createServer as createNetServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import type { EgressDecision, EgressEnd, EgressIdentity } from "./egress.ts";
import { type EgressProxyOptions, egressProxy } from "./egress-proxy.ts";
import type { NetworkRules } from "./network.ts";

/** Of TLS servers whose certificates a test's own authority has signed. */
export interface Authority extends Disposable {
  readonly caPath: string;
  readonly ca: string;
  credentials(...names: readonly string[]): { readonly key: string; readonly cert: string };
}

export function createAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), "egress-ca-"));
  const openssl = (...args: readonly string[]): void =>
    void execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-batch"];
  openssl(
    "req",
    "-x509",
    ...newKey,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "2",
    "-subj",
    "/CN=Test authority",
  );
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  return {
    caPath: join(folder, "ca.pem"),
    ca: read("ca.pem"),
    credentials(...names) {
      const [name = ""] = names;
      writeFileSync(join(folder, "names"), `subjectAltName=${names.map((one) => `DNS:${one}`).join(",")}`);
      openssl("req", ...newKey, "-keyout", "key", "-out", "request", "-subj", `/CN=${name}`);
      openssl(
        "x509",
        "-req",
        "-in",
        "request",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-days",
        "2",
        "-extfile",
        "names",
        "-out",
        "cert",
      );
      return { key: read("key"), cert: read("cert") };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** An internet of servers on this machine: names lead to public addresses, and these to the servers. */
export interface World extends AsyncDisposable {
  /** Serves `name`; without `credentials` in plain HTTP on port 80. */
  website(
    name: string,
    listener: RequestListener,
    tls?: { readonly key: string; readonly cert: string },
  ): Promise<void>;
  /** Serves raw connections at `name` and `port`. */
  rawServer(name: string, port: number, serve: (socket: Socket) => void): Promise<void>;
  /** A name that leads to these addresses. */
  name(name: string, ...addresses: readonly string[]): void;
  /** `address:port` of every connection that was opened. */
  readonly dialled: string[];
  /** Names that were looked up. */
  readonly resolved: string[];
}

export function createWorld(): World & Pick<EgressProxyOptions, "resolve" | "dial"> {
  const names = new Map<string, readonly string[]>();
  const ports = new Map<string, number>();
  const servers: Server[] = [];
  const dialled: string[] = [];
  const resolved: string[] = [];

  const place = async (name: string, port: number, server: Server): Promise<void> => {
    const address = names.get(name)?.[0] ?? `93.184.216.${names.size + 1}`;
    names.set(name, [address]);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    servers.push(server);
    ports.set(`${address}:${port}`, (server.address() as AddressInfo).port);
  };

  return {
    website: (name, listener, tls) =>
      tls === undefined
        ? place(name, 80, createHttpServer(listener))
        : place(name, 443, createHttpsServer(tls, listener)),
    rawServer: (name, port, serve) => place(name, port, createNetServer({ allowHalfOpen: true }, serve)),
    name: (name, ...addresses) => void names.set(name, addresses),
    dialled,
    resolved,
    async resolve(name) {
      resolved.push(name);
      return names.get(name) ?? [];
    },
    dial({ addresses: [address], port }) {
      dialled.push(`${address}:${port}`);
      // Port 9 of loopback: nobody is there.
      return connect({ host: "127.0.0.1", port: ports.get(`${address}:${port}`) ?? 9, allowHalfOpen: true });
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers) {
        if ("closeAllConnections" in server) (server.closeAllConnections as () => void)();
        server.close();
      }
    },
  };
}

type Recorded = EgressDecision & { readonly end?: EgressEnd };

/** A proxy and what it has recorded. */
export interface RecordedProxy extends AsyncDisposable {
  /** Serves a connection of the one identity there is. */
  accept(connection: Duplex): void;
  readonly records: Recorded[];
  /** Resolves when a record that fits has ended. */
  ended(fits: (record: Recorded) => boolean): Promise<Recorded>;
}

/** The same behind a port, for clients that want one. */
export interface ServedProxy extends RecordedProxy {
  readonly port: number;
  readonly url: string;
}

type RecordedProxyOptions = Partial<EgressProxyOptions> & {
  readonly rules?: NetworkRules;
  readonly signal?: AbortSignal;
};

const IDENTITY: EgressIdentity = { id: "sandbox-1", scope: "session-1" };

export function recordedProxy({ rules = {}, signal, ...options }: RecordedProxyOptions): RecordedProxy {
  const records: Recorded[] = [];
  const waiters = new Set<() => void>();
  const keep = (index: number, record: Recorded): void => {
    records[index] = record;
    for (const wake of waiters) wake();
  };
  const proxy = egressProxy({
    network: () => rules,
    audit: {
      async decided(decision) {
        const index = records.length;
        keep(index, decision);
        return { ended: async (end) => keep(index, { ...decision, end }) };
      },
    },
    ...options,
  });
  return {
    accept: (connection) => proxy.accept(connection, IDENTITY, signal === undefined ? {} : { signal }),
    records,
    ended(fits) {
      const { promise, resolve } = Promise.withResolvers<Recorded>();
      const look = (): void => {
        const found = records.find((record) => (record.end !== undefined || record.verdict === "deny") && fits(record));
        if (found !== undefined) resolve(found);
      };
      waiters.add(look);
      look();
      return promise.finally(() => waiters.delete(look));
    },
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

export async function serveProxy(options: RecordedProxyOptions): Promise<ServedProxy> {
  const proxy = recordedProxy(options);
  const server = createNetServer({ allowHalfOpen: true, noDelay: true }, proxy.accept);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    ...proxy,
    port,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      await proxy[Symbol.asyncDispose]();
    },
  };
}
