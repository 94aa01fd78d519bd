import { randomUUID } from "node:crypto";
import type { GatewayClient } from "@claw/client";
import { latenessOf } from "./paced.ts";

/** In milliseconds since the message was sent. */
export interface TurnTiming {
  readonly firstDeltaMs: number;
  readonly doneMs: number;
  /** Of a paced answer: how long each token was on its way. */
  readonly lateMs: readonly number[];
}

interface TurnsWanted {
  readonly sessions: readonly string[];
  /** In each session, one after the other; the sessions side by side. */
  readonly turns: number;
  readonly text: string;
}

interface OpenTurn extends PromiseWithResolvers<TurnTiming> {
  readonly sentMs: number;
  readonly lateMs: number[];
  firstDeltaMs?: number;
}

export type TakeTurns = (wanted: TurnsWanted) => Promise<readonly TurnTiming[]>;

export const MESSAGE = "Please answer this message of the benchmark with twenty tokens.";

/** Takes turns through a client, as a chat window does. Rejects when a turn does not end well. */
export function turnsThrough(client: GatewayClient): TakeTurns {
  const open = new Map<string, OpenTurn>();
  client.on("chat", (event) => {
    const turn = open.get(event.runId);
    if (turn === undefined || event.state === "status") return;
    const elapsedMs = performance.now() - turn.sentMs;
    if (event.state === "delta") {
      turn.firstDeltaMs ??= elapsedMs;
      turn.lateMs.push(...latenessOf(event.deltaText));
      return;
    }
    open.delete(event.runId);
    if (event.state === "final") {
      const { firstDeltaMs = Number.NaN, lateMs } = turn;
      turn.resolve({ firstDeltaMs, doneMs: elapsedMs, lateMs });
    } else turn.reject(new Error(`a turn ended as ${event.state}: ${JSON.stringify(event)}`));
  });

  async function takeTurn(session: string, text: string): Promise<TurnTiming> {
    const idempotencyKey = randomUUID();
    const turn = { ...Promise.withResolvers<TurnTiming>(), sentMs: performance.now(), lateMs: [] };
    open.set(idempotencyKey, turn);
    const [timing] = await Promise.all([
      turn.promise,
      client.request("chat.send", { sessionKey: session, message: text, idempotencyKey }),
    ]);
    return timing;
  }

  return async ({ sessions, turns, text }) => {
    const timings = await Promise.all(
      sessions.map(async (session) => {
        const taken: TurnTiming[] = [];
        for (let turn = 0; turn < turns; turn++) taken.push(await takeTurn(session, text));
        return taken;
      }),
    );
    return timings.flat();
  };
}

export const sessionNames = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, number) => `${prefix}-${number}`);
