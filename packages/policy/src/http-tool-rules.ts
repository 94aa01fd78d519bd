import type { Decision } from "@claw/core";
import { toolMatcher } from "./tool-groups.ts";

/** The configuration's `gateway.tools`. */
export interface HttpToolRulesOptions {
  /** Opens what is refused by default. */
  readonly allow?: readonly string[];
  /** Wins over everything. */
  readonly deny?: readonly string[];
}

/**
 * What one HTTP request must not be enough for: running commands, changing files, speaking for others and changing the
 * gateway. The names are OpenClaw's and ours.
 */
const REFUSED: readonly string[] = [
  ...["exec", "process", "spawn", "shell"],
  ...["write", "edit", "apply_patch", "fs_write", "fs_delete", "fs_move"],
  ...["sessions_spawn", "sessions_send", "message"],
  ...["cron", "gateway", "nodes"],
];

/**
 * Decides which tools may be run over HTTP without an agent. It only narrows: the policy is asked about the call
 * itself as well. Throws `POLICY_INVALID` at once for a group that does not exist.
 */
export function httpToolRules({ allow = [], deny = [] }: HttpToolRulesOptions = {}): (tool: string) => Decision {
  const compile = (entries: readonly string[], list: string) =>
    entries.map((text, index) => {
      const key = `gateway.tools.${list}[${index}]`;
      return { key, text, matches: toolMatcher(text, key) };
    });
  const allowed = compile(allow, "allow");
  const denied = compile(deny, "deny");
  return (tool) => {
    const no = denied.find(({ matches }) => matches(tool));
    if (no !== undefined) {
      const reason = `"${tool}" is denied over HTTP by ${no.key} ("${no.text}"); remove it there to allow the tool`;
      return { effect: "deny", rule: no.key, reason };
    }
    const yes = allowed.find(({ matches }) => matches(tool));
    if (yes !== undefined) return { effect: "allow", rule: yes.key };
    if (!REFUSED.includes(tool.toLowerCase())) return { effect: "allow", rule: "gateway.tools" };
    const reason = `"${tool}" is refused over HTTP by default; name it in gateway.tools.allow to allow the tool`;
    return { effect: "deny", rule: "gateway.tools.allow", reason };
  };
}
