import type { Duplex } from "node:stream";
import type { Clock } from "@claw/core";
import type { Passage } from "./admission.ts";
import { helloProblem, readHello } from "./hello.ts";
import type { Host } from "./host.ts";
import type { EgressLimits } from "./limits.ts";
import { oneWay, untilBothClosed, watchIdle } from "./relay.ts";

export interface TunnelOptions {
  readonly host: Host;
  /** Only TLS for `host` may pass. */
  readonly tls: boolean;
  readonly limits: Required<EgressLimits>;
  readonly clock: Clock;
}

export const ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";

/** A fatal alert, unrecognized_name: the one way to say no that a TLS client shows. */
const ALERT = Buffer.from([21, 3, 3, 0, 2, 2, 112]);

/** Carries a tunnel until both ends are closed. Never rejects. */
export async function runTunnel(client: Duplex, passage: Passage, options: TunnelOptions): Promise<void> {
  const { host, tls, limits, clock } = options;
  const { socket } = passage;
  let problem: string | undefined;
  const stop = (why: string): void => {
    problem ??= why;
    client.destroy();
    socket.destroy();
  };
  const gone = untilBothClosed(client, socket);
  client.write(ESTABLISHED);

  let sni: string | undefined;
  if (tls) {
    const deadline = new AbortController();
    const cancel = clock.after(limits.helloTimeoutMs, () => deadline.abort());
    const { bytes, hello } = await readHello(client, deadline.signal);
    cancel();
    sni = hello.state === "hello" ? hello.serverName : undefined;
    const mismatch = helloProblem(hello, host);
    if (mismatch !== undefined) {
      await passage.end({ verdict: "refused", reason: mismatch, ...(sni === undefined ? {} : { sni }) });
      client.end(ALERT, () => client.destroy());
      return;
    }
    if (!passage.up(bytes.length)) stop(USED_UP);
    socket.write(bytes);
  }

  using idle = watchIdle(clock, limits.idleTimeoutMs, () => stop("nothing came through for too long"));
  const counted = (count: (bytes: number) => boolean) => (bytes: number) => {
    idle.touch();
    return count(bytes);
  };
  const onOverdrawn = (): void => stop(USED_UP);
  oneWay({ from: client, to: socket, count: counted(passage.up), onOverdrawn });
  oneWay({ from: socket, to: client, count: counted(passage.down), onOverdrawn });
  client.resume();
  await gone;
  const ended = sni === undefined ? {} : { sni };
  await passage.end(
    problem === undefined ? { verdict: "done", ...ended } : { verdict: "failed", reason: problem, ...ended },
  );
}

const USED_UP = "the bytes of an hour are used up";
