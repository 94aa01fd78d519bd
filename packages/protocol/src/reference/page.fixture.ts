import { CONNECT_ERROR_CODES, DETAIL_CODES, ERROR_CODES } from "../errors.ts";
import { EVENTS } from "../events.ts";
import { connectParams } from "../handshake.ts";
import * as limits from "../limits.ts";
import type { MethodSpec } from "../method-spec.ts";
import { FINAL_RESULTS, methods } from "../methods.ts";
import { SCOPES, satisfies } from "../scopes.ts";
import { code, table } from "./markdown.fixture.ts";
import { paramsOf } from "./params-table.fixture.ts";

/** The reference page of the protocol, from the tables that check it. */
export function referencePage(): string {
  return `${[INTRODUCTION, connect(), scopes(), methodIndex(), families(), events(), errors(), closeCodes(), numbers()].join("\n\n")}\n`;
}

const INTRODUCTION = `# The gateway protocol

Version ${limits.PROTOCOL_VERSION}, over a WebSocket at the gateway's port: JSON in text frames. This page is written from the tables that check
what arrives, see \`packages/protocol\`; what methods answer is typed there.

## Frames

\`\`\`json
{"type": "req", "id": "1", "method": "health", "params": {}}
{"type": "res", "id": "1", "ok": true, "payload": {"ok": true}}
{"type": "res", "id": "2", "ok": false, "error": {"code": "FORBIDDEN", "message": "missing scope: operator.write"}}
{"type": "event", "event": "tick", "payload": {"ts": 1767225600000}, "seq": 1}
\`\`\`

Requests and their params are closed: an unknown key is refused by name. Answers may come out of order. A method marked
*answers twice* sends two responses on one id: the first when it has accepted, the second when it is done. \`seq\` counts
the events of one connection from 1; a gap means that events were dropped for a slow reader.`;

function connect(): string {
  return `## Connect

The gateway speaks first: event \`connect.challenge\` with a \`nonce\` and \`ts\`. The first request is \`connect\`; its answer is
\`hello-ok\`, whose \`features.methods\` lists exactly what this gateway can be asked and \`features.events\` what it may send.
Until then a frame may have ${show(limits.MAX_PRE_AUTH_FRAME_BYTES)} bytes, and all of it may take ${show(limits.HANDSHAKE_TIMEOUT_MS)} ms.

${paramsOf(connectParams)}`;
}

function scopes(): string {
  const rows = SCOPES.map((scope) => [
    code(scope),
    SCOPES.filter((other) => other !== scope && satisfies([scope], other))
      .map(code)
      .join(" "),
  ]);
  return `## Scopes\n\n${table(["scope", "implies"], rows)}`;
}

function methodIndex(): string {
  const rows = entries().map(([name, { scope, summary }]) => [
    `[${code(name)}](#${anchor(name)})`,
    scope === undefined ? "none" : code(scope),
    summary,
  ]);
  return `## Methods\n\n${table(["method", "scope", ""], rows)}`;
}

/** One section per family: what is before the first dot. */
function families(): string {
  const byFamily = Map.groupBy(entries(), ([name]) => (name.includes(".") ? name.split(".", 1)[0] : "root"));
  return [...byFamily].map(([family, of]) => [`### ${family}`, ...of.map(method)].join("\n\n")).join("\n\n");
}

function method([name, { summary, scope, params, example }]: readonly [string, MethodSpec]): string {
  const needs = scope === undefined ? "Needs no scope." : `Needs ${code(scope)}.`;
  const twice = Object.hasOwn(FINAL_RESULTS, name) ? " *Answers twice.*" : "";
  const request = JSON.stringify({ type: "req", id: "1", method: name, params: example });
  return [`#### ${name}`, `${summary} ${needs}${twice}`, paramsOf(params), `\`\`\`json\n${request}\n\`\`\``].join(
    "\n\n",
  );
}

function events(): string {
  const rows = Object.entries(EVENTS).map(([name, { scope, summary }]) => [
    code(name),
    scope === "everyone" ? scope : code(scope),
    summary,
  ]);
  return `## Events

Besides its scope, an event about a run or a session reaches only those who may see that session.

${table(["event", "goes to", ""], rows)}`;
}

function errors(): string {
  const rows = (codes: Readonly<Record<string, string>>) =>
    Object.entries(codes).map(([name, text]) => [code(name), text]);
  return `## Errors

\`error\` has a \`code\`, a \`message\` for people that never holds a secret, and where they help \`details\`, \`retryable\` and
\`retryAfterMs\`.

${table(["code", ""], rows(ERROR_CODES))}

\`details.code\` of a refused request:

${table(["code", ""], rows(DETAIL_CODES))}

\`details.code\` of a refused \`connect\`: ${CONNECT_ERROR_CODES.map(code).join(", ")}.`;
}

function closeCodes(): string {
  const meanings: Record<keyof typeof limits.CLOSE_CODES, string> = {
    normal: "The end.",
    protocolMismatch: "No common protocol version.",
    policy: "The handshake was refused, or a rule was broken.",
    tooLarge: "A frame was larger than it may be.",
    internal: "The gateway failed.",
    restart: "The gateway stops, and may come back.",
    tryAgainLater: "Not now.",
    timeout: "Sent by a client that heard nothing for twice the tick interval.",
    authInvalidated: "The credential that admitted this connection no longer holds.",
  };
  const rows = Object.entries(limits.CLOSE_CODES).map(([name, value]) => [
    String(value),
    meanings[name as keyof typeof meanings],
  ]);
  return `## Close codes\n\n${table(["code", ""], rows)}`;
}

function numbers(): string {
  return `## Limits

${table(
  ["", ""],
  [
    ["protocol", String(limits.PROTOCOL_VERSION)],
    ["oldest protocol of nodes and probes", String(limits.MIN_NODE_PROTOCOL_VERSION)],
    ["frame before hello, bytes", show(limits.MAX_PRE_AUTH_FRAME_BYTES)],
    ["frame after hello, bytes", show(limits.MAX_PAYLOAD_BYTES)],
    ["buffered for one slow client, bytes", show(limits.MAX_BUFFERED_BYTES)],
    ["id, method, event, traceparent, characters", show(limits.MAX_ID_LENGTH)],
    ["tick, ms", show(limits.TICK_INTERVAL_MS)],
    ["handshake, ms", show(limits.HANDSHAKE_TIMEOUT_MS)],
    ["idempotency key is remembered at least, ms", show(limits.IDEMPOTENCY_WINDOW_MS)],
  ],
)}`;
}

const entries = (): readonly (readonly [string, MethodSpec])[] => Object.entries(methods);
const show = (value: number): string => value.toLocaleString("en-GB");
const anchor = (heading: string): string => heading.replaceAll(".", "").toLowerCase();
