import type { Action, Decision, Policy } from "@claw/core";
import { strictest } from "./combinators.ts";

/** The configuration's `tools.exec`. */
export interface HostCommandRules {
  /** `deny`: none. `allowlist` and `full`: those listed, and others as `ask` says. Default `full`. */
  readonly security?: "deny" | "allowlist" | "full";
  /** `always`: about every command. `on-miss`: about those that are not listed. `off`: these are denied. Default `always`. */
  readonly ask?: "off" | "on-miss" | "always";
  /** Commands, letter for letter. */
  readonly allowlist?: readonly string[];
}

/**
 * Decides about commands on the bare host: none runs unasked whose exact words are not listed. What the session asked for
 * (`exec` in the action's input) can only make it stricter. No opinion about anything else.
 */
export function hostCommands(rules: HostCommandRules = {}): Policy {
  return (action) => {
    if (action.type !== "tool.call" || action.input["host"] === undefined) return undefined;
    const own = action.input["exec"];
    const chosen = typeof own === "object" && own !== null ? { ...rules, ...own } : rules;
    return strictest(
      () => decide(rules, action, "tools.exec."),
      () => decide(chosen, action, "/exec "),
    )(action);
  };
}

function decide(
  { security = "full", ask = "always", allowlist = [] }: HostCommandRules,
  action: Action,
  key: string,
): Decision {
  const command = commandOf(action);
  if (command === undefined) {
    return deny("tools.exec.host", "on the host only tools run that say which command they run");
  }
  const listed = isBare(action) ? allowlist.indexOf(command) : -1;
  if (security === "deny")
    return deny(`${key}security`, "commands on the host are denied; set it to allowlist or full");
  if (ask === "always") {
    return { effect: "ask", rule: `${key}ask`, reason: "every command on the host needs an approval" };
  }
  if (listed >= 0) return { effect: "allow", rule: `tools.exec.allowlist[${listed}]` };
  const missing = "the command, as it is, is not in tools.exec.allowlist";
  if (ask === "on-miss") return { effect: "ask", rule: `${key}ask`, reason: `${missing}, so it needs an approval` };
  return deny("tools.exec.allowlist", `${missing}; add it there, letter for letter, to allow it on the host`);
}

function commandOf({ input }: Action): string | undefined {
  const call = input["input"];
  const command = typeof call === "object" && call !== null && "command" in call ? call.command : undefined;
  return typeof command === "string" ? command : undefined;
}

/** Whether the call says nothing but its command: a variable or a directory of its own gives the same words another meaning. */
function isBare({ input }: Action): boolean {
  const { command: _, timeoutMs: __, ...more } = input["input"] as Readonly<Record<string, unknown>>;
  return Object.values(more).every((value) => value === undefined);
}

function deny(rule: string, reason: string): Decision {
  return { effect: "deny", rule, reason };
}
