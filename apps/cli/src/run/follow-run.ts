import { randomUUID } from "node:crypto";
import type { AgentEvent, ChatEvent, ChatSendAck } from "@claw/protocol";
import type { Link } from "../connect.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";
import { readEndedRun } from "./ended-run.ts";
import { createProgress } from "./run-progress.ts";
import type { RunObserver, RunReport } from "./run-report.ts";

export interface RunRequest {
  readonly sessionKey: string;
  readonly message: string;
}

export interface FollowedRun {
  readonly runId: string;
  /** Rejects when the message was refused or the gateway is gone for good; a failed run is a report. */
  readonly ended: Promise<RunReport>;
  /** Asks the gateway to stop the run; `ended` tells when it has. */
  abort(): Promise<void>;
}

/** With the client's back-off about half a minute. */
const MAX_ATTEMPTS = 6;

/**
 * Sends a message and follows its run to the end, also over lost connections: the message is sent again with the same
 * idempotency key, so it is never run twice.
 */
export function followRun(link: Link, request: RunRequest, observer: RunObserver): FollowedRun {
  const { client } = link;
  const { sessionKey, message } = request;
  const runId = randomUUID();
  const startedMs = performance.now();
  const ended = Promise.withResolvers<RunReport>();
  const progress = createProgress(observer);

  const stops = [
    client.on("chat", (event) => event.runId === runId && onChat(event)),
    client.on("agent", (event) => event.runId === runId && onAgent(event)),
    link.onState((state) => {
      if (state.status === "connected") {
        observer.onConnection?.("back");
        send(true);
      } else if (state.status === "closed") ended.reject(gone(state.reason));
      else if (state.status === "reconnecting" && state.attempt > MAX_ATTEMPTS) ended.reject(gone(state.reason));
      else if (state.status === "reconnecting" && state.attempt === 1) observer.onConnection?.("lost");
    }),
  ];

  function send(again: boolean): void {
    client
      .request("chat.send", { sessionKey, message, idempotencyKey: runId })
      .then((ack) => (again ? catchUp(ack) : undefined))
      .catch((error) => {
        // A lost connection is made again, or given up above.
        if (client.state.status === "connected") ended.reject(error);
      });
  }

  async function catchUp({ status }: ChatSendAck): Promise<void> {
    if (status === "ok" || status === "error") return finish(await readEndedRun(client, runId, sessionKey));
    const { inFlightRun } = await client.request("chat.history", { sessionKey, limit: 1 });
    if (inFlightRun?.runId === runId) progress.textSoFar(inFlightRun.text);
  }

  function onAgent(event: AgentEvent): void {
    observer.onEvent?.("agent", event);
    if (event.stream === "tool") progress.tool(event.data);
    else if (event.stream === "lifecycle" && event.data.phase === "model") progress.model(event.data.model);
  }

  function onChat(event: ChatEvent): void {
    observer.onEvent?.("chat", event);
    if (event.state === "delta") progress.delta(event.deltaText, event.replace ?? false);
    else if (event.state === "error") {
      const code = event.errorDetail?.code ?? event.errorKind;
      void finish({ state: "error", error: { message: event.errorMessage, ...(code === undefined ? {} : { code }) } });
    } else if (event.state === "final" && event.message === undefined) {
      // It was read in another turn, and has the answer of that.
      readEndedRun(client, runId, sessionKey).then(finish, ended.reject);
    } else if (event.state === "final" || event.state === "aborted") {
      const text = event.message?.content.map((block) => (block.type === "text" ? block.text : "")).join("") ?? "";
      const usage = event.state === "final" ? event.usage : undefined;
      void finish({ state: event.state === "final" ? "done" : "aborted", text, ...(usage && { usage }) });
    }
  }

  async function finish(end: Pick<RunReport, "state" | "error" | "usage"> & { readonly text?: string }): Promise<void> {
    const { state, text = "", error, usage } = end;
    progress.finalText(text);
    const timeline = await client
      .request("runs.get", { runId })
      .then(({ run }) => run.timeline)
      .catch(() => undefined);
    ended.resolve({
      runId,
      sessionKey,
      state,
      text: text || progress.text,
      ...(error && { error }),
      toolCalls: progress.toolCalls,
      ...(progress.modelName === undefined ? {} : { model: progress.modelName }),
      ...(usage && { usage }),
      durationMs: Math.round(performance.now() - startedMs),
      ...(timeline && { timeline }),
    });
  }

  const gone = (reason: string): CommandError =>
    new CommandError(
      EXIT_CODES.unreachable,
      `The gateway at ${link.endpoint.url} is gone: ${reason}. The run goes on when it is back; see "claw sessions".`,
    );

  send(false);
  return {
    runId,
    ended: ended.promise.finally(() => {
      for (const stop of stops) stop();
    }),
    async abort() {
      await client.request("chat.abort", { sessionKey, runId }, { timeoutMs: 3_000 });
    },
  };
}
