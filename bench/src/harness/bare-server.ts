import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";

const PROGRAM = fileURLToPath(new URL("../processes/bare-server.mjs", import.meta.url));

/** A connected WebSocket to a Node process that does nothing else but hold a database open. */
export interface BareServer extends AsyncDisposable {
  readonly pid: number;
  readonly url: string;
  readonly socket: WebSocket;
}

/** Resolves when the server has greeted. */
export async function startBareServer(env: Readonly<Record<string, string>> = {}): Promise<BareServer> {
  const folder = await mkdtemp(join(tmpdir(), "claw-bench-"));
  const child = spawn(process.execPath, [PROGRAM, join(folder, "bare.db")], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const url = `ws://127.0.0.1:${/\d+/.exec(line.toString())?.[0]}/`;
  const socket = new WebSocket(url);
  await once(socket, "message");
  return {
    pid: child.pid ?? 0,
    url,
    socket,
    async [Symbol.asyncDispose]() {
      socket.terminate();
      const gone = once(child, "exit");
      child.kill();
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
