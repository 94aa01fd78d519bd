import { once } from "node:events";
import { chmod, chown, lstat, unlink } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import type { DockerProxy } from "./docker-proxy.ts";
import { listenFailed } from "./errors.ts";

export interface SocketOptions {
  readonly path: string;
  /** A group by its number: who is in it, is the tenant. Default: the group of this process. */
  readonly group?: number;
  /** Default 0o660. */
  readonly mode?: number;
}

/**
 * Serves a tenant on a Unix socket, whose permissions say who that is. A socket that was left behind is replaced,
 * anything else at its path is not. Rejects with `DOCKER_PROXY_LISTEN_FAILED`.
 */
export async function listenOnSocket(
  proxy: Pick<DockerProxy, "accept">,
  options: SocketOptions,
): Promise<AsyncDisposable> {
  const { path, group, mode = 0o660 } = options;
  const server = createServer({ allowHalfOpen: true }, (connection) => proxy.accept(connection));
  try {
    await removeStale(path);
    // Nobody gets in between the socket's creation, which happens at once, and its permissions.
    const before = process.umask(0o777);
    try {
      server.listen(path);
    } finally {
      process.umask(before);
    }
    await once(server, "listening");
    if (group !== undefined) await chown(path, process.getuid?.() ?? 0, group);
    await chmod(path, mode);
  } catch (error) {
    server.close();
    throw listenFailed(`The socket ${path} can't be made`, error);
  }
  return closing(server);
}

const closing = (server: Server): AsyncDisposable => ({
  async [Symbol.asyncDispose]() {
    await new Promise((resolve) => server.close(resolve));
  },
});

async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error("something that is no socket is there");
  await unlink(path);
}
