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
  Session,
  Store,
} from "@claw/core";
import type { ExecControl } from "../exec-control.ts";
import { runsStoppable } from "../methods/active-runs.ts";
import type { Replies, Reply } from "../replies.ts";
import type { ActiveRun, Runs } from "../runs.ts";
import type { Command, CommandOutcome } from "./command.ts";
import type { Commands } from "./registry.ts";

export interface DeskOptions {
  readonly commands: Commands;
  readonly store: Pick<Store, "as">;
  readonly runs: Runs;
  readonly agents: ReadonlyMap<string, Agent>;
  readonly models: ModelSource | undefined;
  readonly exec: ExecControl;
  readonly replies: Replies;
}

/** A message before it is accepted. */
interface Asking {
  readonly text: string;
  readonly run: string;
  readonly session: string;
  readonly agent: string;
  readonly principal: Principal;
  readonly replyTo?: Address;
  /** It may be a text command. */
  readonly commands?: boolean;
  /** It starts its session over by a trigger of the gateway's own rules. */
  readonly startsOver: boolean;
}

/** What a command is to be accepted with. */
interface Asked {
  readonly command: string;
  /** Absent when it is a turn of the session's own. */
  readonly answered?: Answered;
  readonly reset?: AcceptInput["reset"];
  readonly text: string;
  readonly stops: readonly ActiveRun[];
  /** To be called once it is accepted, also when it is a repeat. */
  readonly settle?: Reply["settle"];
}

/**
 * Decides what becomes of a message that is a command, that answers a question, or that asks for what its sender may not; `undefined` for every
 * other message. Writes nothing.
 */
export type Desk = (asking: Asking) => Promise<Asked | undefined>;

const OF_THE_GATEWAY: Provenance = { origins: [], trust: "trusted", because: [] };

export function createDesk({ commands, store, runs, agents, models, exec, replies }: DeskOptions): Desk {
  return async (asking) => {
    const { text, session: key, principal } = asking;
    const active = await runsStoppable({ store, runs }, principal, key);
    const found = asking.commands === true ? commands.match(text, active.length > 0) : undefined;
    const agent = agents.get(asking.agent);
    if (agent === undefined) return undefined;
    if (found === undefined && !asking.startsOver) {
      const reply = asking.commands === true ? await replies(asking) : undefined;
      return reply && { command: "answer", stops: [], ...reply, answered: said(asking, reply.text, reply.told) };
    }
    const session = await store.as(principal).sessions.get(key);
    if (found === undefined && mayUse("manage", principal, session)) return undefined;
    const { command, argument } = found ?? { command: commands.startOver, argument: "" };
    const allowed = (one: Command): boolean => mayUse(one.right, principal, session);
    const usable = commands.all.filter(allowed);
    const context = { argument, key, session, agent, principal, active, models, exec, commands: usable };
    const outcome: CommandOutcome = allowed(command)
      ? await command.run(context)
      : { text: REFUSALS[command.right](command) };
    if ("turn" in outcome) return { command: command.name, text: "", stops: [] };
    const { settings, reset, stops = [] } = outcome;
    return {
      command: command.name,
      text: outcome.text,
      stops,
      ...(reset === undefined ? {} : { reset }),
      answered: {
        ...said(asking, outcome.text),
        stops: stops.map((stopped) => stopped.run),
        ...(settings === undefined ? {} : { settings }),
      },
    };
  };
}

function said({ run, replyTo }: Asking, text: string, told = true): Answered {
  const to = told ? replyTo : undefined;
  return {
    answer: { provenance: OF_THE_GATEWAY, message: commandReply(text) },
    outbound: to === undefined ? [] : [{ key: `${run}:reply`, to, message: { text } }],
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

function mayUse(right: Command["right"], { kind, scopes }: Principal, session: Session | undefined): boolean {
  switch (right) {
    case "write":
      return true;
    case "manage":
      return session === undefined || session.access === "manage";
    case "owner":
      return kind !== "contact" || scopes.includes("admin");
  }
}

const REFUSALS: Readonly<Record<Command["right"], (command: Command) => string>> = {
  write: ({ name }) => `You may not use /${name} here.`,
  manage: ({ name }) =>
    `You may not use /${name} here: this conversation is not yours alone. Ask an admin of this gateway.`,
  owner: ({ name }) => `You may not use /${name} here: it is for the owner of this gateway.`,
};
