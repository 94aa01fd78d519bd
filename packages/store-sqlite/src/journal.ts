import type { Clock, Journal, Lease, UnfinishedRun } from "@claw/core";
import { accept, checkAccept } from "./accept.ts";
import type { AgentDatabase, AgentDatabases } from "./agent-databases.ts";
import { fences } from "./fences.ts";
import type { InboxIndex } from "./inbox-index.ts";
import { deliveryJournal } from "./outbox.ts";
import { audience } from "./session-members.ts";
import { noSuchRun, type TurnWrites, turnWrites } from "./turn.ts";

export function sqliteJournal(databases: AgentDatabases, inboxes: InboxIndex, clock: Clock): Journal {
  const checkFence = fences();

  async function inTurn(lease: Lease, run: string, write: (turn: TurnWrites) => void): Promise<void> {
    const database = databases.find(lease.key);
    if (database === undefined) throw noSuchRun(lease.key, run);
    await database.write(() => {
      checkFence(lease);
      write(turnWrites(database, lease.key, run, clock.now()));
    });
  }

  return {
    async accept(input) {
      checkAccept(input);
      await inboxes.ready();
      const database = databases.create(input.session);
      return database.write(() => {
        const accepted = accept(database, inboxes.find(input.id), input, clock.now());
        if (!accepted.repeat) inboxes.note(input.id, database.agent);
        return accepted;
      });
    },
    beginAgain: (lease, run) => inTurn(lease, run, (turn) => turn.beginAgain()),
    step: (lease, run, entries) => inTurn(lease, run, (turn) => turn.step(entries)),
    join: (lease, run, joining) => inTurn(lease, run, (turn) => turn.join(joining)),
    effectStarted: (lease, run, effect) => inTurn(lease, run, (turn) => turn.startEffect(effect)),
    effectFinished: (lease, run, effect, result) => inTurn(lease, run, (turn) => turn.finishEffect(effect, result)),
    finish: (lease, run, end) =>
      inTurn(lease, run, (turn) => {
        if (!turn.ended) turn.end(end);
      }),
    async audience(session) {
      const database = databases.find(session);
      return database?.read(() => audience(database, session));
    },
    async *unfinished() {
      const runs = databases.all().flatMap((database) => timed(database.read(() => unfinishedRuns(database))));
      yield* runs.sort((a, b) => a.orderMs - b.orderMs).map(({ run }) => run);
    },
    ...deliveryJournal(databases, clock),
  };
}

/** With times that only grow: of one agent the order is that of acceptance, also over a clock that was set back. */
function timed(runs: readonly UnfinishedRun[]): readonly { readonly run: UnfinishedRun; readonly orderMs: number }[] {
  let orderMs = 0;
  return runs.map((run) => {
    orderMs = Math.max(orderMs, run.acceptedAt.getTime());
    return { run, orderMs };
  });
}

function unfinishedRuns({ agent, journal }: AgentDatabase): readonly UnfinishedRun[] {
  return journal.unfinishedRuns.all().map(({ replyTo, stopped, queue, after, answeredBy, ...run }) => ({
    ...run,
    agent,
    ...(replyTo ? { replyTo } : {}),
    ...(queue === null ? {} : { queue }),
    ...(after === null ? {} : { after }),
    ...(answeredBy === null ? {} : { answeredBy }),
    ...(stopped === 1 ? { stopped: true } : {}),
    unknownEffects: journal.unknownEffects.all({ run: run.run }),
  }));
}
