import type { AcceptInput, Agent, ModelSource, Principal, Session, SettingsChange } from "@claw/core";
import type { ExecControl } from "../exec-control.ts";
import type { ActiveRun } from "../runs.ts";

/** A message that the gateway answers itself. */
export interface Command {
  /** Without its slash. */
  readonly name: string;
  /** Other names, without their slash. */
  readonly aliases?: readonly string[];
  /** Whole messages without a slash that mean it while a turn is going on. */
  readonly words?: readonly string[];
  readonly description: string;
  readonly category: "session" | "options" | "status";
  /** What may stand after its name. */
  readonly argument?: { readonly name: string; readonly description: string; readonly choices?: readonly string[] };
  /**
   * `write`: whoever may write to the session. `manage`: whose it is, and admins. `owner`: not somebody known only by
   * their chat platform.
   */
  readonly right: "write" | "manage" | "owner";
  /** What is to become of it; decided before anything is written, done when it is. */
  run(context: CommandContext): Promise<CommandOutcome>;
}

export interface CommandContext {
  readonly argument: string;
  readonly key: string;
  /** Absent before its first message. */
  readonly session: Session | undefined;
  readonly agent: Agent;
  readonly principal: Principal;
  /** Turns of the session, waiting and going on, that the caller may stop. */
  readonly active: readonly ActiveRun[];
  readonly models: ModelSource | undefined;
  readonly exec: ExecControl;
  /** Those that the caller may use. */
  readonly commands: readonly Command[];
}

export type CommandOutcome =
  | {
      /** Markdown, as an assistant would say it. */
      readonly text: string;
      readonly settings?: SettingsChange;
      readonly reset?: AcceptInput["reset"];
      readonly stops?: readonly ActiveRun[];
    }
  /** A turn of the session's own, in which its agent makes a summary. */
  | { readonly turn: "compact" };
