import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { PACED, stampedToken } from "../harness/paced.ts";
import { serveProcedures } from "../harness/remote.ts";

/** What a message asks for so that the model calls a tool so many times before it answers. */
const CALLS_WANTED = /bench-calls:(\d+)/;

/** And with what command, when not with one that does nothing. */
const COMMAND_WANTED = /bench-command:([A-Za-z0-9_-]+)/;

export interface Prompt {
  readonly system: string;
  readonly tools: readonly {
    readonly function: { readonly name: string; readonly description: string; readonly parameters: object };
  }[];
  readonly bytes: number;
}

interface Body {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly tools?: Prompt["tools"];
}

const chunk = (delta: object, finish: string | null, extra: object = {}): string =>
  `data: ${JSON.stringify({ id: "bench", object: "chat.completion.chunk", created: 0, model: "bench", choices: [{ index: 0, delta, finish_reason: finish }], ...extra })}\n\n`;

const usage = { usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 } };
const reply = [
  ...Array.from({ length: 20 }, (_, token) => chunk({ role: "assistant", content: `token${token} ` }, null)),
  chunk({}, "stop", usage),
  "data: [DONE]\n\n",
];
const toolCall = ({ number, command }: Call): readonly string[] => [
  chunk(
    {
      role: "assistant",
      tool_calls: [
        {
          index: 0,
          id: `call-${number}`,
          type: "function",
          function: { name: "exec", arguments: JSON.stringify({ command, timeoutMs: 5_000 }) },
        },
      ],
    },
    null,
  ),
  chunk({}, "tool_calls", usage),
  "data: [DONE]\n\n",
];

interface Call {
  readonly number: number;
  readonly command: string;
}

let lastBody = "";
let answeredCallMs: number | undefined;
let roundTrips: number[] = [];

const server = createServer(async (request, response) => {
  if (answeredCallMs !== undefined) roundTrips.push(performance.now() - answeredCallMs);
  answeredCallMs = undefined;
  lastBody = await text(request);
  const paced = PACED.exec(lastBody);
  if (paced !== null) return streamPaced(response, Number(paced[1]), Number(paced[2]));
  const calls = CALLS_WANTED.test(lastBody) ? nextCall(JSON.parse(lastBody)) : undefined;
  stream(response, calls === undefined ? reply : toolCall(calls));
  if (calls !== undefined) answeredCallMs = performance.now();
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1");

/** The call to make now; `undefined` when it is time to answer. */
function nextCall({ messages }: Body): Call | undefined {
  const asked = messages.findLastIndex((message) => message.role === "user");
  const message = JSON.stringify(messages[asked]);
  const wanted = Number(CALLS_WANTED.exec(message)?.[1] ?? 0);
  const encoded = COMMAND_WANTED.exec(message)?.[1];
  const command = encoded === undefined ? "true" : Buffer.from(encoded, "base64url").toString();
  const made = messages.slice(asked).filter((message) => message.role === "tool").length;
  return made < wanted ? { number: messages.length, command } : undefined;
}

function stream(response: ServerResponse, chunks: readonly string[]): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const one of chunks) response.write(one);
  response.end();
}

async function streamPaced(response: ServerResponse, tokens: number, everyMs: number): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let token = 0; token < tokens; token++) {
    response.write(chunk({ role: "assistant", content: stampedToken() }, null));
    await delay(everyMs);
  }
  response.end([chunk({}, "stop", usage), "data: [DONE]\n\n"].join(""));
}

const procedures = {
  baseUrl: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
  /** What the last request consisted of, besides the conversation. */
  lastPrompt(): Prompt {
    const { messages, tools = [] }: Body = JSON.parse(lastBody);
    return {
      system: messages.find(({ role }) => role === "system")?.content ?? "",
      tools,
      bytes: Buffer.byteLength(lastBody),
    };
  },
  /** Milliseconds from each answer that called a tool to the request with its result, since the last time asked. */
  takeRoundTrips(): readonly number[] {
    const taken = roundTrips;
    roundTrips = [];
    return taken;
  },
};
export type ModelProcedures = typeof procedures;

server.once("listening", () => serveProcedures(procedures));
