import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "@claw/core";
import type { Admit } from "./admission.ts";
import type { EgressIdentity } from "./egress.ts";
import { exchange } from "./exchange.ts";
import { endToEndHeaders } from "./headers.ts";
import { hostInUrl } from "./host.ts";
import type { EgressLimits } from "./limits.ts";
import type { Link } from "./links.ts";
import type { Network } from "./network.ts";
import { type Refusal, refusalText } from "./refusal.ts";
import { targetText } from "./rules.ts";
import { httpDestination } from "./target.ts";

export interface ServeOptions {
  readonly admit: Admit;
  readonly networkOf: (identity: EgressIdentity) => Network;
  readonly limits: Required<EgressLimits>;
  readonly clock: Clock;
}

export type Forward = (link: Link, incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

const REPLACED: ReadonlySet<string> = new Set(["host"]);

/** Serves requests in plain HTTP: each is decided by itself, also on a connection that is kept. */
export function createForward({ admit, networkOf, limits, clock }: ServeOptions): Forward {
  return async (link, incoming, outgoing) => {
    const { identity, account, signal } = link;
    const destination = httpDestination(incoming, link.tunnel);
    if ("problem" in destination) {
      return answerRefusal(outgoing, { status: 400, rule: "http", reason: destination.problem }, "The request");
    }
    const { host, port, path } = destination;
    const method = incoming.method ?? "GET";
    const request = { identity, via: "http", host: host.text, port, method } as const;
    const match = networkOf(identity).match({ host, port, method });
    const passage = await admit({ request, host, match, account, signal });
    const target = `${method} http://${targetText({ host, port })}`;
    if ("refusal" in passage) return answerRefusal(outgoing, passage.refusal, target);

    const headers = {
      host: [port === 80 ? hostInUrl(host) : targetText({ host, port })],
      ...endToEndHeaders(incoming.rawHeaders, REPLACED),
    };
    const problem = await exchange({
      incoming,
      outgoing,
      passage,
      stream: passage.socket,
      path,
      headers,
      limits,
      clock,
    });
    await passage.end(problem === undefined ? { verdict: "done" } : { verdict: "failed", reason: problem });
    if (problem !== undefined) cutOff(outgoing, problem, target);
  };
}

/** Ends the connection as well: a body that was not read may follow. */
function answerRefusal(outgoing: ServerResponse, refusal: Refusal, target: string): void {
  const body = refusalText(refusal, target);
  outgoing.writeHead(refusal.status, {
    connection: "close",
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body),
  });
  outgoing.end(body);
}

/** An answer that has begun can only be broken off. */
function cutOff(outgoing: ServerResponse, problem: string, target: string): void {
  if (outgoing.headersSent) outgoing.destroy();
  else answerRefusal(outgoing, { status: 502, rule: "exchange", reason: problem }, target);
}
