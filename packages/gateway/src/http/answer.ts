import type { Clock } from "@claw/core";
import type { Hub, RunOutcome } from "../events.ts";
import { failureOf, failureResponse } from "./run-failure.ts";
import { watchRun } from "./watch-run.ts";

/** One answer in the words of one API, whole or streamed. */
export interface AnswerFormat {
  readonly run: string;
  whole(text: string, outcome: RunOutcome): object;
  stream(): AnswerStream;
}

/** The server-sent events of one answer, each call once and in this order but for `text`. */
interface AnswerStream {
  begin(): string;
  text(piece: string): string;
  end(outcome: RunOutcome): string;
}

/** The answer to one request, under way. */
export interface Answer {
  readonly response: Promise<Response>;
  /** Nobody waits for it any more. */
  cancel(): void;
}

export interface AnswerOptions {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly format: AnswerFormat;
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
      const failure = failureOf(run, outcome);
      if (failure !== undefined) return resolve(failureResponse(run, failure));
      const { answeredBy } = outcome;
      const headers = { "x-run-id": run, ...(answeredBy === undefined ? {} : { "x-answered-by-run": answeredBy }) };
      resolve(Response.json(format.whole(text, outcome), { headers }));
    },
  });
  return { response, cancel };
}

export interface StreamOptions extends AnswerOptions {
  /** The reader is gone, or too slow. */
  readonly onAbandoned: () => void;
}

/** What a reader may leave unread before it is given up. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;
/** Proxies take a minute's silence for a dead connection, and a tool may run longer. */
const KEEP_ALIVE_MS = 15_000;

/** Server-sent events while the run goes on. */
export function streamedAnswer(options: StreamOptions): Answer {
  const { hub, clock, format, onAbandoned } = options;
  const { run } = format;
  const events = format.stream();
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

        const stopWatching = watchRun(hub, run, {
          onText: (piece) => write(events.text(piece)),
          onEnd(outcome) {
            stopKeepingAlive();
            if (write(events.end(outcome))) controller.close();
          },
        });
        const stopKeepingAlive = repeat(clock, KEEP_ALIVE_MS, () => write(": still working\n\n"));
        cancel = () => {
          stopWatching();
          stopKeepingAlive();
        };
        write(events.begin());
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

export const serverSentEvent = (data: object, type?: string): string =>
  `${type === undefined ? "" : `event: ${type}\n`}data: ${JSON.stringify(data)}\n\n`;

function repeat(clock: Clock, everyMs: number, action: () => void): () => void {
  const next = (): void => {
    stop = clock.after(everyMs, next);
    action();
  };
  let stop = clock.after(everyMs, next);
  return () => stop();
}
