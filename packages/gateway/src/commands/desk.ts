import type {
  AcceptInput,
  Address,
  Agent,
  Answered,
  AssistantMessage,
  Message,
  ModelSource,
  Principal,
  Provenance,
  Store,
} from "@claw/core";
import { runsStoppable } from "../methods/active-runs.ts";
import type { ActiveRun, Runs } from "../runs.ts";
import type { Command, CommandOutcome } from "./command.ts";
import type { Commands } from "./registry.ts";

export interface DeskOptions {
  readonly commands: Commands;
  readonly store: Pick<Store, "as">;
  readonly runs: Runs;
  readonly agents: ReadonlyMap<string, Agent>;
  readonly models: ModelSource | undefined;
}

/** A message before it is accepted. */
interface Asking {
  readonly text: string;
  readonly run: string;
  readonly session: string;
  readonly agent: string;
  readonly principal: Principal;
  readonly replyTo?: Address;
}

/** What a command is to be accepted with. */
interface Asked {
  readonly command: string;
  /** Absent when it is a turn of the session's own. */
  readonly answered?: Answered;
  readonly reset?: AcceptInput["reset"];
  readonly text: string;
  readonly stops: readonly ActiveRun[];
}

/** Decides what becomes of a message that is a command; `undefined` for every other message. Writes nothing. */
export type Desk = (asking: Asking) => Promise<Asked | undefined>;

const OF_THE_GATEWAY: Provenance = { origins: [], trust: "trusted", because: [] };

export function createDesk({ commands, store, runs, agents, models }: DeskOptions): Desk {
  return async (asking) => {
    const { text, run, session: key, principal, replyTo } = asking;
    const active = await runsStoppable({ store, runs }, principal, key);
    const found = commands.match(text, active.length > 0);
    const agent = agents.get(asking.agent);
    if (found === undefined || agent === undefined) return undefined;
    const { command, argument } = found;
    const session = await store.as(principal).sessions.get(key);
    const context = { argument, key, session, agent, principal, active, models, commands: commands.all };
    const outcome: CommandOutcome = mayRun(command, principal) ? await command.run(context) : refused(command);
    if ("turn" in outcome) return { command: command.name, text: "", stops: [] };
    const { settings, reset, stops = [] } = outcome;
    return {
      command: command.name,
      text: outcome.text,
      stops,
      ...(reset === undefined ? {} : { reset }),
      answered: {
        answer: { provenance: OF_THE_GATEWAY, message: commandReply(outcome.text) },
        outbound: replyTo === undefined ? [] : [{ key: `${run}:reply`, to: replyTo, message: { text: outcome.text } }],
        stops: stops.map((stopped) => stopped.run),
        ...(settings === undefined ? {} : { settings }),
      },
    };
  };
}

/** What a command says, as an entry that no model wrote. */
export function commandReply(text: string): AssistantMessage {
  return { role: "assistant", text, toolCalls: [], model: "claw/command", stop: "stop" };
}

/** The command that the newest run of a transcript is for. */
export function commandAsked(messages: readonly Message[]): string | undefined {
  const asked = messages.findLast(({ role }) => role === "user");
  return asked?.role === "user" ? asked.command : undefined;
}

function mayRun({ right }: Command, { kind, scopes }: Principal): boolean {
  return right === "write" || kind !== "contact" || scopes.includes("admin");
}

function refused({ name }: Command): CommandOutcome {
  return { text: `You may not use /${name} here: it is for the owner of this gateway.` };
}
