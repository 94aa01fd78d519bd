import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** What the fake was asked, as OpenAI's chat completions has it. */
export interface ModelRequest {
  readonly headers: IncomingMessage["headers"];
  readonly body: {
    readonly model: string;
    readonly messages: readonly { readonly role: string; readonly content?: unknown; readonly tool_call_id?: string }[];
    readonly tools?: readonly { readonly function: { readonly name: string } }[];
  };
  /** Fires when the caller hangs up before the answer's end. */
  readonly aborted: AbortSignal;
}

/** A piece of an answer: text, a tool call, an HTTP error in place of an answer, or a connection cut off. */
export type Piece =
  | { readonly text: string }
  | { readonly tool: string; readonly input: object }
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly hangUp: true };

/** The pieces in order, each streamed as it comes: a generator may wait between two, and look at the request. */
export type Answer = (request: ModelRequest) => AsyncIterable<Piece> | Iterable<Piece>;

export interface FakeModel extends AsyncDisposable {
  readonly baseUrl: string;
  /** What `openclaw.json` says to make it every agent's model. */
  readonly config: { readonly models: object; readonly agents: object };
  readonly requests: readonly ModelRequest[];
  /** The request of this number, from 1, past or to come. */
  request(number: number): Promise<ModelRequest>;
}

/** Text in one piece or several. */
export const say =
  (...texts: readonly string[]): Answer =>
  () =>
    texts.map((text) => ({ text }));

export const callTool =
  (tool: string, input: object): Answer =>
  () => [{ tool, input }];

export const failWith =
  (status: number, body: unknown = { error: { message: `scripted ${status}` } }, headers = {}): Answer =>
  () => [{ status, body, headers }];

/**
 * A server on a free port that streams chat completions as OpenAI does. The first request gets the first answer and so
 * on; the last answer is given again and again.
 */
export async function startFakeModel(...answers: readonly [Answer, ...Answer[]]): Promise<FakeModel> {
  const requests: ModelRequest[] = [];
  const waiting = new Map<number, PromiseWithResolvers<ModelRequest>>();
  const waiterOf = (number: number): PromiseWithResolvers<ModelRequest> => {
    const waiter = waiting.get(number) ?? Promise.withResolvers<ModelRequest>();
    waiting.set(number, waiter);
    return waiter;
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const aborted = new AbortController();
    response.on("close", () => response.writableEnded || aborted.abort());
    const body = (await json(incoming)) as ModelRequest["body"];
    const request = { headers: incoming.headers, body, aborted: aborted.signal };
    requests.push(request);
    waiterOf(requests.length).resolve(request);
    const answer = answers[requests.length - 1] ?? answers.at(-1) ?? answers[0];
    await stream(response, answer(request));
  };
  // A request cut off in its middle is its caller's business.
  const server = createServer((incoming, response) => serve(incoming, response).catch(() => response.destroy()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;

  return {
    baseUrl,
    config: {
      models: { providers: { fake: { baseUrl, apiKey: "fake-key", models: [{ id: "scripted" }] } } },
      agents: { defaults: { model: "fake/scripted" } },
    },
    requests,
    request: (number) => waiterOf(number).promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function stream(response: ServerResponse, pieces: ReturnType<Answer>): Promise<void> {
  let calls = 0;
  const send = (delta: object, finish: string | null, extra: object = {}): void => {
    if (!response.headersSent) response.writeHead(200, { "content-type": "text/event-stream" });
    const choices = [{ index: 0, delta, finish_reason: finish }];
    const chunk = { id: "chatcmpl-fake", object: "chat.completion.chunk", model: "scripted", choices, ...extra };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  for await (const piece of pieces) {
    if ("hangUp" in piece) return void response.destroy();
    if ("status" in piece) {
      response.writeHead(piece.status, { "content-type": "application/json", ...piece.headers });
      return void response.end(JSON.stringify(piece.body));
    }
    if ("text" in piece) {
      send({ content: piece.text }, null);
    } else {
      const call = { name: piece.tool, arguments: JSON.stringify(piece.input) };
      send({ tool_calls: [{ index: calls, id: `call-${calls}`, type: "function", function: call }] }, null);
      calls += 1;
    }
  }
  send({}, calls > 0 ? "tool_calls" : "stop", { usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } });
  response.end("data: [DONE]\n\n");
}
