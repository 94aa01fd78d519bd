import type { ServerResponse } from "node:http";
import type { Clock } from "@claw/core";
import type { Admit } from "./admission.ts";
import type { EgressIdentity } from "./egress.ts";
import type { EgressLimits } from "./limits.ts";
import type { Network } from "./network.ts";
import { type Refusal, refusalText } from "./refusal.ts";

/** What it takes to serve a request. */
export interface ServeOptions {
  readonly admit: Admit;
  readonly networkOf: (identity: EgressIdentity) => Network;
  readonly limits: Required<EgressLimits>;
  readonly clock: Clock;
}

/** Ends the connection as well: a body that was not read may follow. */
export function answerRefusal(outgoing: ServerResponse, refusal: Refusal, target: string): void {
  const body = refusalText(refusal, target);
  outgoing.writeHead(refusal.status, {
    connection: "close",
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body),
  });
  outgoing.end(body);
}

/** An answer that has begun can only be broken off. */
export function cutOff(outgoing: ServerResponse, problem: string, target: string): void {
  if (outgoing.headersSent) outgoing.destroy();
  else answerRefusal(outgoing, { status: 502, rule: "exchange", reason: problem }, target);
}
