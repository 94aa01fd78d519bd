import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isIP, type Socket } from "node:net";
import { connect as connectTls, getCACertificates, type TLSSocket } from "node:tls";
import type { Logger } from "@claw/core";
import type { Passage } from "./admission.ts";
import { answerRefusal, cutOff, type ServeOptions } from "./answer.ts";
import { bindingUrl, type CompiledBinding } from "./bindings.ts";
import { exchange, type Inspect } from "./exchange.ts";
import { endToEndHeaders } from "./headers.ts";
import { hostInUrl } from "./host.ts";
import type { Link } from "./links.ts";
import { maskFilter, maskText, secretForms } from "./mask.ts";
import { targetText } from "./rules.ts";
import { within } from "./within.ts";

export interface BrokerOptions extends ServeOptions {
  /** Certificates of authorities that are trusted beside the usual ones. */
  readonly ca: readonly string[];
  readonly log: Logger;
}

export type Broker = (
  call: { readonly link: Link; readonly incoming: IncomingMessage; readonly outgoing: ServerResponse },
  binding: CompiledBinding,
  path: string,
) => Promise<void>;

const MIN_SECRET_CHARACTERS = 8;
const HEADER_VALUE = /^[\x20-\x7e]{1,4096}$/;

/** Passes calls of a binding on over TLS, with the credential that the caller does not have. */
export function createBroker({ admit, limits, clock, ca, log }: BrokerOptions): Broker {
  const trusted = ca.length === 0 ? {} : { ca: [...getCACertificates("default"), ...ca] };

  async function secure({ host, port }: CompiledBinding, socket: Socket): Promise<TLSSocket | undefined> {
    const named = isIP(host.text) === 0 ? { servername: host.text } : {};
    const tls = connectTls({ socket, host: host.text, port, ALPNProtocols: ["http/1.1"], ...named, ...trusted });
    tls.on("error", () => {});
    const ready = once(tls, "secureConnect").then(
      () => tls,
      () => undefined,
    );
    return within(ready, limits.connectTimeoutMs, clock);
  }

  async function secretOf({ name, secret }: CompiledBinding): Promise<string | undefined> {
    try {
      const value = await secret();
      if (value.length >= MIN_SECRET_CHARACTERS && HEADER_VALUE.test(value)) return value;
      log.error("the credential of a binding can't be sent in a header", { binding: name });
    } catch {
      // Whoever was asked for it may have put it into the error.
      log.error("the credential of a binding can't be had", { binding: name });
    }
    return undefined;
  }

  async function pass(
    { incoming, outgoing }: Pick<Parameters<Broker>[0], "incoming" | "outgoing">,
    binding: CompiledBinding,
    path: string,
    passage: Passage,
  ): Promise<string | undefined> {
    const secret = await secretOf(binding);
    if (secret === undefined) return "the credential of this binding can't be had";
    const stream = await secure(binding, passage.socket);
    if (stream === undefined) return "no TLS connection that can be trusted";
    const { host, port, header } = binding;
    const credential = binding.credential(secret);
    const headers = {
      host: [port === 443 ? hostInUrl(host) : targetText(binding)],
      ...endToEndHeaders(incoming.rawHeaders, new Set(["host", "accept-encoding", header])),
      // What is compressed can't be searched for the credential.
      "accept-encoding": ["identity"],
      [header]: [credential],
    };
    const inspect = inspection(binding, secretForms(secret, credential));
    return exchange({ incoming, outgoing, passage, stream, path, headers, inspect, limits, clock });
  }

  return async (call, binding, path) => {
    const { identity, account, signal } = call.link;
    const { host, port, name } = binding;
    const url = URL.parse(`${binding.origin}${path}`);
    const method = call.incoming.method ?? "GET";
    if (url === null) {
      return answerRefusal(
        call.outgoing,
        { status: 400, rule: "http", reason: "its path can't be read" },
        bindingUrl(name),
      );
    }
    const { pathname, search } = url;
    const match = binding.match(method, pathname);
    const request = { identity, via: "binding", host: host.text, port, method, path: pathname, binding: name } as const;
    const passage = await admit({ request, host, match, ask: false, account, signal });
    const target = `${method} ${bindingUrl(name)}${pathname}`;
    if ("refusal" in passage) return answerRefusal(call.outgoing, passage.refusal, target);
    const problem = await pass(call, binding, `${pathname}${search}`, passage);
    await passage.end(problem === undefined ? { verdict: "done" } : { verdict: "failed", reason: problem });
    if (problem !== undefined) cutOff(call.outgoing, problem, target);
  };
}

/** Takes the credential out of an answer, and leads links to the same host back through the binding. */
function inspection({ name, origin }: CompiledBinding, forms: readonly string[]): Inspect {
  const own = new RegExp(`${origin.replace(/[.[\]]/g, "\\$&")}(?=[/?#>]|$)`, "gi");
  const clean = (header: string, value: string): string => {
    const masked = maskText(value, forms);
    return header === "location" || header === "link" ? masked.replace(own, bindingUrl(name)) : masked;
  };
  const lower = forms.map((form) => form.toLowerCase());
  return ({ rawHeaders, headers: { "content-encoding": encoding = "identity" } }) => {
    if (encoding !== "identity") return "its answer is compressed, and can't be searched for the credential";
    const headers = Object.entries(endToEndHeaders(rawHeaders))
      .filter(([header]) => !lower.some((form) => header.includes(form)))
      .map(([header, values]) => [header, values.map((value) => clean(header, value))] as const);
    return { headers: Object.fromEntries(headers), filter: maskFilter(forms) };
  };
}
