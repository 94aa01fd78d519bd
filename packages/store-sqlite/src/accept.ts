import { type Accepted, type AcceptInput, type Answered, ClawError, type Principal, type ResetWhen } from "@claw/core";
import type { AgentDatabase } from "./agent-databases.ts";
import { agentOf } from "./session-key.ts";
import { turnWrites } from "./turn.ts";
import { editorOf, type Viewer } from "./visible.ts";

const MAX_TITLE_CHARACTERS = 60;

/** Runs inside a transaction on `database`; `earlier` is that of the agent that may have accepted the same id before. */
export function accept(
  database: AgentDatabase,
  earlier: AgentDatabase | undefined,
  input: AcceptInput,
  now: Date,
): Accepted {
  const viewer = writerOf(input.principal);
  // A redelivery may be routed to another agent than the first time, and must not run there again.
  for (const { has, journal } of earlier === undefined ? [database] : [database, earlier]) {
    const row = has.inbox(input.id) ? journal.accepted.get({ id: input.id, ...viewer }) : undefined;
    if (row === undefined) continue;
    if (row.visible !== 1) throw forbidden(input);
    return { run: row.run, repeat: true, sequence: row.sequence };
  }
  const { journal } = database;
  if (journal.run.get({ run: input.run }) !== undefined) {
    throw new ClawError(
      "STORE_CONFLICT",
      `run ${input.run} belongs to another message; accept this one with a new run id`,
    );
  }

  const { session, run, principal, provenance, message, replyTo, queue = null, after = null } = input;
  const age = journal.age.get({ session });
  if (age === undefined && input.opens === false) throw forbidden(input);
  const over = isOver(input.reset, age);
  const title = message.command === undefined ? titleOf(message.text) : "";
  const byPerson = principal.kind === "user" || principal.kind === "contact" ? 1 : 0;
  const owner = input.group ?? principal.id;
  const entered = journal.enterSession.get({ session, title, now, byPerson, ...viewer, owner });
  if (entered === undefined) throw forbidden(input);
  if (owner !== principal.id) database.members.put.run({ key: session, id: principal.id, access: "write" });
  if (over) journal.startOver.run({ session, now });
  const { sequence } = entered;
  journal.insertRun.run({ run, session, principal, provenance, replyTo, queue, after, now });
  journal.insertEntry.run({ session, sequence, run, provenance, message, now });
  journal.insertInbox.run({ id: input.id, run, sequence, tenant: principal.tenant, owner: principal.id });
  if (input.answered !== undefined) answer(database, input, input.answered, now);
  return { run, repeat: false, sequence, ...(over ? { reset: true } : {}) };
}

function answer(
  database: AgentDatabase,
  { session, run }: AcceptInput,
  { answer, outbound, stops = [], settings }: Answered,
  now: Date,
): void {
  const { journal } = database;
  for (const stopped of stops) journal.stopRun.run({ session, run: stopped });
  const before = journal.settings.get({ session })?.settings;
  if (settings !== undefined) journal.configure.run({ session, settings: { ...before, ...settings } });
  turnWrites(database, session, run, now).end({ reason: "done", entries: [answer], outbound, timeline: [] });
}

interface Age {
  readonly startedAt: Date;
  readonly heardAt: Date;
  readonly entries: number;
}

function isOver(reset: ResetWhen | undefined, age: Age | undefined): boolean {
  if (reset === undefined || age === undefined || age.entries === 0) return false;
  if (reset === "always") return true;
  const { startedBefore, quietSince } = reset;
  return (
    (startedBefore !== undefined && age.startedAt < startedBefore) ||
    (quietSince !== undefined && age.heardAt < quietSince)
  );
}

/** Rejects what could never be stored, before anything is created for it. */
export function checkAccept(input: AcceptInput): void {
  const agent = agentOf(input.session);
  if (agent === input.agent) return;
  throw new ClawError("STORE_INVALID", `session ${input.session} is of agent ${agent}, not of ${input.agent}`);
}

/** Who may add to a session is who owns it or was let in to write, whatever they may read. */
function writerOf(principal: Principal): Viewer {
  return { ...editorOf(principal), tenant: principal.tenant };
}

/** Says nothing about whose it is. */
function forbidden(input: AcceptInput): ClawError {
  return new ClawError("STORE_FORBIDDEN", `${input.principal.id} may not write to session ${input.session}`);
}

function titleOf(text: string): string {
  const line = [...text.slice(0, 1_000).replace(/\s+/g, " ").trim()];
  return line.length <= MAX_TITLE_CHARACTERS ? line.join("") : `${line.slice(0, MAX_TITLE_CHARACTERS - 1).join("")}…`;
}
