import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import type { Figure } from "../figure.ts";
import { startRemote } from "../harness/remote.ts";
import { median } from "../harness/statistics.ts";
import type { EgressProxyProcess } from "../processes/egress-proxy.ts";
import type { EgressTarget } from "../processes/egress-target.ts";

const MEGABYTE = 1e6;

/** What a request of a sandbox costs on its way through the proxy, and how fast a download comes through a tunnel. */
export const egress: Figure = {
  name: "egress",
  async measure({ quick, progress }) {
    await using target = startRemote<EgressTarget>("egress-target.ts");
    await using proxy = startRemote<EgressProxyProcess>("egress-proxy.ts");
    const direct = await target.call("listen");
    const proxied = await proxy.call("listen", direct);

    progress("requests");
    const requests = { direct: [] as number[], proxied: [] as number[] };
    for (let round = 0; round < (quick ? 10 : 1_000); round++) {
      requests.direct.push(await timeRequest(direct, "/"));
      requests.proxied.push(await timeRequest(proxied, `http://127.0.0.1:${direct}/`, `127.0.0.1:${direct}`));
    }

    progress("downloads");
    const bytes = (quick ? 5 : 200) * MEGABYTE;
    const downloads = { direct: [] as number[], proxied: [] as number[] };
    for (let round = 0; round < (quick ? 1 : 5); round++) {
      downloads.direct.push(await download(await open(direct), bytes));
      downloads.proxied.push(await download(await tunnel(proxied, direct), bytes));
    }
    return [
      {
        title: "request through the egress proxy, p50",
        unit: "ms",
        value: median(requests.proxied),
        floor: { title: "the same request directly", value: median(requests.direct) },
        goal: { of: "ratio", atMost: 4 },
      },
      {
        title: "download through a tunnel of the egress proxy",
        unit: "MB/s",
        value: median(downloads.proxied),
        floor: { title: "the same download directly", value: median(downloads.direct) },
        goal: { of: "ratio", atLeast: 0.4 },
      },
    ];
  },
};

/** On a connection of its own, as most programs in a sandbox do it. */
async function timeRequest(port: number, path: string, host = `127.0.0.1:${port}`): Promise<number> {
  const beganMs = performance.now();
  const sent = request({ host: "127.0.0.1", port, path, headers: { host }, agent: false }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  await once(response.resume(), "end");
  return performance.now() - beganMs;
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port });
  await once(socket, "connect");
  return socket;
}

async function tunnel(proxy: number, target: number): Promise<Socket> {
  const socket = await open(proxy);
  socket.write(`CONNECT 127.0.0.1:${target} HTTP/1.1\r\nHost: 127.0.0.1:${target}\r\n\r\n`);
  await once(socket, "data");
  return socket;
}

/** Megabytes a second. */
async function download(socket: Socket, bytes: number): Promise<number> {
  const beganMs = performance.now();
  socket.write(`GET /${bytes} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n`);
  await once(socket.resume(), "end");
  socket.destroy();
  return (bytes / MEGABYTE / (performance.now() - beganMs)) * 1_000;
}
