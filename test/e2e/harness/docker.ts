import { once } from "node:events";
import { rm } from "node:fs/promises";
import { request } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { temporaryDirectory } from "./directory.ts";

const SOCKET = "/var/run/docker.sock";

/** Ids of the containers, running or not, that have this directory of the host. */
export async function containersWith(directory: string): Promise<readonly string[]> {
  const filters = encodeURIComponent(JSON.stringify({ volume: [directory] }));
  const found = (await read(`/containers/json?all=true&filters=${filters}`)) as readonly { readonly Id: string }[];
  return found.map(({ Id }) => Id);
}

/** An address of the engine that can be made to go away in the middle of a call, and to come back. */
export interface FragileEngine extends AsyncDisposable {
  /** For `DOCKER_HOST`. */
  readonly address: string;
  breakDown(): Promise<void>;
  comeBack(): Promise<void>;
}

export async function fragileEngine(): Promise<FragileEngine> {
  const directory = await temporaryDirectory();
  const path = join(directory.path, "engine.sock");
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ path: SOCKET, allowHalfOpen: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  const engine: FragileEngine = {
    address: `unix://${path}`,
    async breakDown() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await rm(path, { force: true });
    },
    async comeBack() {
      server.listen(path);
      await once(server, "listening");
    },
    async [Symbol.asyncDispose]() {
      await engine.breakDown();
      await directory[Symbol.asyncDispose]();
    },
  };
  await engine.comeBack();
  return engine;
}

async function read(path: string): Promise<unknown> {
  const asking = request({ socketPath: SOCKET, path, agent: false }).end();
  const [response] = await once(asking, "response");
  return json(response);
}
