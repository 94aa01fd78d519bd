import { spawn } from "node:child_process";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { WebSocket } from "ws";
import { serveProcedures } from "../harness/remote.ts";
import { connectFrame } from "../harness/sockets.ts";

export interface Target {
  readonly url: string;
  /** Of an operator; only the attacks from inside use it. */
  readonly token: string;
}

/** An address of its own, so that being locked out does not lock the measuring client out. */
const LOCAL_ADDRESS = "127.0.0.66";
const LISTENERS = 20;
const SOCKETS = 200;
const REQUESTS_A_SECOND = 200;

const running = new Set<() => void>();

function every(ms: number, work: () => void): void {
  const timer = setInterval(work, ms);
  running.add(() => clearInterval(timer));
}

function held(socket: Socket): Socket {
  // What becomes of it is the other side's affair.
  socket.on("error", () => {});
  running.add(() => socket.destroy());
  return socket;
}

function tcp(url: string): Socket {
  const { hostname, port } = new URL(url);
  return held(connect({ host: hostname, port: Number(port), localAddress: LOCAL_ADDRESS }));
}

function listenIn({ url, token }: Target, onceIn: (socket: WebSocket) => void): void {
  for (let number = 0; number < LISTENERS; number++) {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on("error", () => {});
    socket.once("message", () => {
      socket.send(connectFrame(token));
      socket.once("message", () => onceIn(socket));
    });
    running.add(() => socket.terminate());
  }
}

const attacks = {
  /** Clients that are let in, hear of everything, and stop reading. */
  "slow-readers": (target: Target): void => listenIn(target, (socket) => socket.pause()),
  /** The same clients as they should be. */
  readers: (target: Target): void => listenIn(target, () => {}),
  /** Sockets that begin an upgrade and never say another word. */
  "half-open"({ url }: Target): void {
    for (let number = 0; number < SOCKETS; number++) tcp(url).write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: ");
  },
  /** Requests whose headers never end, by the tool that is known for them. */
  slowloris({ url }: Target): void {
    const options = ["-H", "-c", String(SOCKETS), "-r", String(SOCKETS), "-i", "1", "-l", "60", "-u"];
    const child = spawn("slowhttptest", [...options, url.replace(/^ws/, "http")], { stdio: "ignore" });
    child.on("error", (error) => process.stderr.write(`slowhttptest: ${error.message}\n`));
    running.add(() => child.kill());
  },
  /** Wrong credentials, as fast as this rate. */
  "bad-tokens"({ url }: Target): void {
    const address = new URL("/v1/models", url.replace(/^ws/, "http"));
    every(1_000 / REQUESTS_A_SECOND, () => {
      const headers = { authorization: `Bearer wrong-${Math.random()}` };
      const sent = request(address, { headers, localAddress: LOCAL_ADDRESS }, (response) => void response.resume());
      sent.on("error", () => {}).end();
    });
  },
} as const satisfies Record<string, (target: Target) => void>;

export type Attack = keyof typeof attacks;

const procedures = {
  begin({ attack, target }: { readonly attack: Attack; readonly target: Target }): void {
    attacks[attack](target);
  },
  end(): void {
    for (const stop of running) stop();
    running.clear();
  },
};
export type AttackerProcedures = typeof procedures;

serveProcedures(procedures);
