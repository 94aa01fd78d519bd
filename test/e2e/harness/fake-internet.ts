import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";

export interface Website {
  readonly listener: RequestListener;
  /** Served on port 443 with it, else on 80. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** Sites that a gateway which is started with `env` finds under their names, in place of the internet. */
export interface FakeInternet extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
}

export async function fakeInternet(websites: Readonly<Record<string, Website>>): Promise<FakeInternet> {
  const sites: Record<string, number> = {};
  const servers: Server[] = [];
  for (const [name, { listener, tls }] of Object.entries(websites)) {
    const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
    await once(server.listen(0, "127.0.0.1"), "listening");
    servers.push(server);
    sites[`${name}:${tls === undefined ? 80 : 443}`] = (server.address() as AddressInfo).port;
  }
  return {
    env: {
      FAKE_INTERNET: JSON.stringify(sites),
      NODE_OPTIONS: `--import=${resolve(import.meta.dirname, "fake-internet.script.ts")}`,
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}
