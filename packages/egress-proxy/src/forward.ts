import type { IncomingMessage, ServerResponse } from "node:http";
import { answerRefusal, cutOff, type ServeOptions } from "./answer.ts";
import { bindingName } from "./bindings.ts";
import type { Broker } from "./broker.ts";
import { exchange } from "./exchange.ts";
import { endToEndHeaders } from "./headers.ts";
import { hostInUrl } from "./host.ts";
import type { Link } from "./links.ts";
import { matchOf } from "./network.ts";
import { targetText } from "./rules.ts";
import { type HttpDestination, httpDestination } from "./target.ts";

export interface ForwardOptions extends ServeOptions {
  readonly broker: Broker;
}

export type Forward = (link: Link, incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

const REPLACED: ReadonlySet<string> = new Set(["host"]);
const HTTP_PORT = 80;

/** Serves requests in plain HTTP: each is decided by itself, also on a connection that is kept. */
export function createForward({ admit, networkOf, limits, clock, broker }: ForwardOptions): Forward {
  async function pass(
    { identity, account, signal }: Link,
    { host, port, path }: HttpDestination,
    [incoming, outgoing]: readonly [IncomingMessage, ServerResponse],
  ): Promise<void> {
    const method = incoming.method ?? "GET";
    const request = { identity, via: "http", host: host.text, port, method } as const;
    const network = networkOf(identity);
    const match = matchOf(network, { host, port, method });
    const passage = await admit({ request, host, match, ask: network.ask, account, signal });
    const target = `${method} http://${targetText({ host, port })}`;
    if ("refusal" in passage) return answerRefusal(outgoing, passage.refusal, target);

    const headers = {
      host: [port === HTTP_PORT ? hostInUrl(host) : targetText({ host, port })],
      ...endToEndHeaders(incoming.rawHeaders, REPLACED),
    };
    const stream = passage.socket;
    const problem = await exchange({ incoming, outgoing, passage, stream, path, headers, limits, clock });
    await passage.end(problem === undefined ? { verdict: "done" } : { verdict: "failed", reason: problem });
    if (problem !== undefined) cutOff(outgoing, problem, target);
  }

  return async (link, incoming, outgoing) => {
    const destination = httpDestination(incoming, link.tunnel);
    if ("problem" in destination) {
      return answerRefusal(outgoing, { status: 400, rule: "http", reason: destination.problem }, "The request");
    }
    const name = destination.port === HTTP_PORT ? bindingName(destination.host) : undefined;
    const binding = networkOf(link.identity).bindings.get(name ?? "");
    if (binding !== undefined) return broker({ link, incoming, outgoing }, binding, destination.path);
    return pass(link, destination, [incoming, outgoing]);
  };
}
