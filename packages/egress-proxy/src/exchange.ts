import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock } from "@claw/core";
import type { Passage } from "./admission.ts";
import { bytesOf, endToEndHeaders, type HeaderValues } from "./headers.ts";
import type { EgressLimits } from "./limits.ts";
import { type Filter, oneWay, watchIdle } from "./relay.ts";

/** What is made of the headers of an answer, and of its body; a text refuses it. */
export type Inspect = (
  answer: IncomingMessage,
) => { readonly headers: HeaderValues; readonly filter?: Filter } | string;

export interface ExchangeOptions {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly passage: Passage;
  /** What the request is written to: the passage's socket, or TLS on top of it. */
  readonly stream: Duplex;
  /** Path and query. */
  readonly path: string;
  /** Without `transfer-encoding` and `connection`, which are of this side's making. */
  readonly headers: HeaderValues;
  readonly inspect?: Inspect;
  readonly limits: Required<EgressLimits>;
  readonly clock: Clock;
}

const ANSWER_HEADER_BYTES = 65_536;

/** Passes a request on and its answer back. Resolves with what went wrong; then nothing has been answered or all is cut. */
export async function exchange(options: ExchangeOptions): Promise<string | undefined> {
  const { incoming, outgoing, passage, stream, path, headers, inspect, limits, clock } = options;
  let problem: string | undefined;
  const { promise: over, resolve: finish } = Promise.withResolvers<void>();
  const stop = (why: string): void => {
    problem ??= why;
    finish();
  };
  using idle = watchIdle(clock, limits.idleTimeoutMs, () => stop("nothing came through for too long"));
  const counted = (count: (bytes: number) => boolean) => (bytes: number) => {
    idle.touch();
    return count(bytes);
  };
  const onOverdrawn = (): void => stop("the bytes of an hour are used up");

  const upstream = request({
    createConnection: () => stream,
    method: incoming.method ?? "GET",
    path,
    headers: { ...headers, ...framing(incoming) },
    setHost: false,
    maxHeaderSize: ANSWER_HEADER_BYTES,
  });
  upstream.on("error", (error) => stop(reasonOf(error)));
  outgoing.once("close", () => (outgoing.writableFinished ? finish() : stop("the client left")));
  if (!passage.up(bytesOf(incoming.rawHeaders) + (incoming.url?.length ?? 0))) onOverdrawn();
  oneWay({ from: incoming, to: upstream, count: counted(passage.up), onOverdrawn });
  void answered(upstream)
    .then((answer) => {
      const inspected = inspect?.(answer) ?? { headers: endToEndHeaders(answer.rawHeaders) };
      if (typeof inspected === "string") return stop(inspected);
      answer.once("error", (error) => stop(reasonOf(error)));
      outgoing.writeHead(answer.statusCode ?? 502, inspected.headers);
      outgoing.flushHeaders();
      const { filter } = inspected;
      const down = { from: answer, to: outgoing, count: counted(passage.down), onOverdrawn };
      oneWay(filter === undefined ? down : { ...down, filter });
      return undefined;
    })
    .catch((error: unknown) => stop(reasonOf(error)));
  await over;
  upstream.destroy();
  return problem;
}

async function answered(upstream: ClientRequest): Promise<IncomingMessage> {
  const [answer] = (await once(upstream, "response")) as [IncomingMessage];
  return answer;
}

/** Node leaves a body without a length unframed for some methods; the next request could hide in it. */
function framing({ headers }: IncomingMessage): HeaderValues {
  return headers["transfer-encoding"] === undefined ? {} : { "transfer-encoding": ["chunked"] };
}

function reasonOf(error: unknown): string {
  return error instanceof Error && "code" in error
    ? `the exchange failed with ${String(error.code)}`
    : "the exchange failed";
}
