import type { Clock } from "@claw/core";
import type { Hub } from "../events.ts";
import { type ChatFormat, failureOf } from "./chat-format.ts";
import { watchRun } from "./watch-run.ts";

/** The answer to one request, under way. */
export interface Answer {
  readonly response: Promise<Response>;
  /** Nobody waits for it any more. */
  cancel(): void;
}

export interface AnswerOptions {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly format: ChatFormat;
}

/** One JSON body at the run's end. */
export function wholeAnswer({ hub, format }: AnswerOptions): Answer {
  const { run } = format;
  const { promise: response, resolve } = Promise.withResolvers<Response>();
  let text = "";
  const cancel = watchRun(hub, run, {
    onText: (piece) => {
      text += piece;
    },
    onEnd(outcome) {
      const headers = { "x-run-id": run };
      const failure = failureOf(run, outcome);
      if (failure === undefined) return resolve(Response.json(format.completion(text, outcome), { headers }));
      // OpenAI's clients would send it again by themselves, and what the agent has done would be done again.
      const init = { status: failure.status, headers: { ...headers, "x-should-retry": "false" } };
      resolve(Response.json(failure.body, init));
    },
  });
  return { response, cancel };
}

export interface StreamOptions extends AnswerOptions {
  readonly includeUsage: boolean;
  /** The reader is gone, or too slow. */
  readonly onAbandoned: () => void;
}

/** What a reader may leave unread before it is given up. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;
/** Proxies take a minute's silence for a dead connection, and a tool may run longer. */
const KEEP_ALIVE_MS = 15_000;

/** Server-sent events while the run goes on. */
export function streamedAnswer(options: StreamOptions): Answer {
  const { hub, clock, format, includeUsage, onAbandoned } = options;
  const { run } = format;
  let cancel = (): void => {};
  const abandon = (controller: ReadableStreamDefaultController): void => {
    cancel();
    controller.error(new Error(`more than ${MAX_UNREAD_BYTES} bytes are unread`));
    onAbandoned();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const encoder = new TextEncoder();
        const write = (text: string): boolean => {
          const fits = (controller.desiredSize ?? 0) > 0;
          if (fits) controller.enqueue(encoder.encode(text));
          else abandon(controller);
          return fits;
        };
        const send = (event: object): boolean => write(serverSentEvent(event));

        const stopWatching = watchRun(hub, run, {
          onText: (content) => send(format.chunk({ content })),
          onEnd(outcome) {
            stopKeepingAlive();
            const last = [failureOf(run, outcome)?.body ?? format.chunk({}, outcome)];
            if (includeUsage) last.push(format.usageChunk(outcome));
            if (write(`${last.map(serverSentEvent).join("")}data: [DONE]\n\n`)) controller.close();
          },
        });
        const stopKeepingAlive = repeat(clock, KEEP_ALIVE_MS, () => write(": still working\n\n"));
        cancel = () => {
          stopWatching();
          stopKeepingAlive();
        };
        send(format.chunk({ role: "assistant", content: "" }));
      },
      cancel() {
        cancel();
        onAbandoned();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_UNREAD_BYTES }),
  );
  const headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache", "x-run-id": run };
  return { response: Promise.resolve(new Response(body, { headers })), cancel: () => cancel() };
}

const serverSentEvent = (event: object): string => `data: ${JSON.stringify(event)}\n\n`;

function repeat(clock: Clock, everyMs: number, action: () => void): () => void {
  const next = (): void => {
    stop = clock.after(everyMs, next);
    action();
  };
  let stop = clock.after(everyMs, next);
  return () => stop();
}
