import { randomUUID } from "node:crypto";
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

/** The default image under a name of its own; at the end it goes, with what was made of it. */
export interface NamedImage extends AsyncDisposable {
  readonly name: string;
}

export async function nameImage(): Promise<NamedImage> {
  const repo = `claw-test-${randomUUID()}`;
  const name = `${repo}:1`;
  await call("POST", `/images/claw-sandbox:bookworm/tag?repo=${repo}&tag=1`);
  return {
    name,
    async [Symbol.asyncDispose]() {
      for (const one of [...(await namesMadeOf(name)).toReversed(), name]) await call("DELETE", `/images/${one}`);
    },
  };
}

/** What was set up of an image, and what was made of that for a supervisor. */
async function namesMadeOf(image: string): Promise<readonly string[]> {
  const labelled = async (label: string): Promise<readonly string[]> => {
    const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
    const found = (await read(`/images/json?filters=${filters}`)) as readonly { readonly RepoTags: string[] | null }[];
    return found.flatMap(({ RepoTags }) => RepoTags ?? []);
  };
  const setUp = await labelled(`claw.setup=${image}`);
  const supervised = await Promise.all(setUp.map((one) => labelled(`claw.supervised=${one}`)));
  return [...new Set([...setUp, ...supervised.flat()])];
}

async function call(method: string, path: string): Promise<void> {
  const asking = request({ socketPath: SOCKET, method, path, agent: false }).end();
  const [response] = await once(asking, "response");
  response.resume();
  await once(response, "end");
}

async function read(path: string): Promise<unknown> {
  const asking = request({ socketPath: SOCKET, path, agent: false }).end();
  const [response] = await once(asking, "response");
  return json(response);
}
