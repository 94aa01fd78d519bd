import { open } from "node:fs/promises";
import type { Logger } from "@claw/core";
import type { DockerAudit } from "./audit.ts";
import type { ProxyConfig } from "./config-file.ts";
import { dockerProxy } from "./docker-proxy.ts";
import { listenOnSocket } from "./listen-on-socket.ts";
import { listenOnTls } from "./listen-on-tls.ts";

/** Serves every tenant where the configuration says; none when one of them can't be. */
export async function serveTenants({ engine, audit, tenants }: ProxyConfig, log: Logger): Promise<AsyncDisposable> {
  await using starting = new AsyncDisposableStack();
  const record = audit === undefined ? undefined : await appendTo(audit, starting);
  for (const { name, policy, connections, socket, tls } of tenants) {
    const proxy = dockerProxy({
      ...{ tenant: name, policy, engine, limits: connections, log },
      ...(record === undefined ? {} : { audit: record }),
    });
    if (socket !== undefined) {
      starting.use(await listenOnSocket(proxy, socket));
      log.info("serving a tenant", { tenant: name, socket: socket.path });
    }
    if (tls !== undefined) {
      const { host = "127.0.0.1" } = tls;
      const { port } = starting.use(await listenOnTls(proxy, tls));
      log.info("serving a tenant", { tenant: name, address: `tcp://${host}:${port}` });
    }
    // Ends its connections, for which the listeners below it wait.
    starting.use(proxy);
  }
  return starting.move();
}

/** One line for each decision, written before the engine is asked. */
async function appendTo(path: string, stack: AsyncDisposableStack): Promise<DockerAudit> {
  const file = stack.use(await open(path, "a", 0o600));
  return async (decision) => {
    await file.appendFile(`${JSON.stringify({ time: new Date(), ...decision })}\n`);
  };
}
