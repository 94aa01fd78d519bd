import { ClawError, type Effect, type NewEntry, type RunEnd } from "@claw/core";
import type { AgentDatabase } from "./agent-databases.ts";
import { laneOf } from "./outbox.ts";
import { stepUsage, sumOf } from "./usage.ts";

/** A run under way, inside a transaction of its database. */
export interface TurnWrites {
  readonly ended: boolean;
  beginAgain(): void;
  step(entries: readonly NewEntry[]): void;
  join(joining: readonly string[]): void;
  startEffect(effect: Effect): void;
  finishEffect(effect: string, result: NewEntry): void;
  end(end: RunEnd): void;
}

export function turnWrites(database: AgentDatabase, session: string, run: string, now: Date): TurnWrites {
  const { journal, outbox } = database;
  const row = journal.run.get({ run });
  if (row?.session !== session) throw noSuchRun(session, run);
  const { state } = row;
  const ended = state !== "queued" && state !== "running";

  function begin(): void {
    if (ended) throw new ClawError("STORE_ENDED", `run ${run} has ended (${state}); nothing can be added to it`);
    if (state === "queued") journal.markRunning.run({ run });
  }

  function append(entries: readonly NewEntry[]): void {
    const messages = entries.map(({ message }) => message);
    const steps = messages.flatMap((message) => stepUsage(message) ?? []);
    const counted = { count: entries.length, ...sumOf(messages, steps) };
    const last = journal.reserveSequences.get({ session, ...counted })?.last ?? 0;
    for (const { model, ...tokens } of steps) journal.insertUsage.run({ session, run, now, model, ...tokens });
    let sequence = last - entries.length;
    for (const { provenance, message } of entries) {
      sequence += 1;
      journal.insertEntry.run({ session, sequence, run, provenance, message, now });
    }
  }

  return {
    ended,
    beginAgain() {
      begin();
      journal.countRecovery.run({ run });
    },
    step(entries) {
      begin();
      append(entries);
    },
    join(joining) {
      begin();
      const after = journal.lastSequence.get({ session })?.last ?? 0;
      for (const one of joining) {
        const waiting = journal.run.get({ run: one });
        if (waiting?.session !== session) throw noSuchRun(session, one);
        if (waiting.state !== "queued") {
          throw new ClawError(
            "STORE_CONFLICT",
            `run ${one} has begun (${waiting.state}); only one that waits can join`,
          );
        }
        journal.joinEntries.run({ run: one, joined: { run, after } });
        journal.joinRun.run({ run: one, into: run });
      }
    },
    startEffect({ id, action, digest }) {
      begin();
      if (journal.effect.get({ run, id }) !== undefined) {
        throw new ClawError(
          "STORE_CONFLICT",
          `effect ${id} of run ${run} was started before; it is never started twice`,
        );
      }
      journal.insertEffect.run({ run, id, action, digest, now });
    },
    finishEffect(id, result) {
      begin();
      const effect = journal.effect.get({ run, id });
      if (effect === undefined) throw new ClawError("STORE_NOT_FOUND", `run ${run} has started no effect ${id}`);
      if (effect.finishedAt !== null) return;
      journal.finishEffect.run({ run, id, now });
      append([result]);
    },
    end({ reason, error, entries, outbound, timeline }) {
      append(entries);
      journal.endRun.run({ run, state: reason, error, timeline, now });
      journal.endJoined.run({ run, state: reason, error, now });
      for (const { key, to, message } of outbound) {
        outbox.enqueue.run({ key, run, lane: laneOf(to), to, message, now });
      }
    },
  };
}

export function noSuchRun(session: string, run: string): ClawError {
  return new ClawError("STORE_NOT_FOUND", `session ${session} has no run ${run}`);
}
