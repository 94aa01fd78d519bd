import { ELEVATED_LEVELS, EXEC_ASK, EXEC_HOSTS, EXEC_SECURITY, type SettingsChange } from "@claw/core";
import type { ExecSite } from "../exec-control.ts";
import type { Command, CommandContext, CommandOutcome } from "./command.ts";

const LEVELS =
  "`on` or `ask`: each command on the host is asked about. `full`: as tools.exec.ask says. `off`: sandbox.";
const USAGE = "`/exec host=auto|sandbox|gateway security=deny|allowlist|full ask=off|on-miss|always`; `/exec default`";

/** Commands about where commands run, and who is asked about them. */
export const execCommands: readonly Command[] = [
  {
    name: "elevated",
    aliases: ["elev"],
    description: "Show whether commands of this session run outside of its sandbox, or choose it.",
    category: "options",
    argument: { name: "level", description: "How; `off` for the sandbox.", choices: ELEVATED_LEVELS },
    right: "owner",
    async run(context) {
      const { argument } = context;
      if (argument === "") return { text: `${standing(context)} ${LEVELS}` };
      const elevatedLevel = ELEVATED_LEVELS.find((level) => level === argument.toLowerCase());
      if (elevatedLevel === undefined) return { text: `There is no level "${argument}". ${LEVELS}` };
      return chosen(context, { elevatedLevel: elevatedLevel === "off" ? undefined : elevatedLevel });
    },
  },
  {
    name: "exec",
    description: "Show where commands of this session run and who is asked, or narrow it.",
    category: "options",
    argument: { name: "options", description: "`host=…`, `security=…`, `ask=…`, or `default`." },
    right: "owner",
    async run(context) {
      const { argument } = context;
      if (argument === "") return { text: `${standing(context)} ${USAGE}.` };
      const change = argument === "default" ? DEFAULTS : changeOf(argument);
      return change === undefined ? { text: `Not understood. ${USAGE}.` } : chosen(context, change);
    },
  },
];

const DEFAULTS: SettingsChange = { execHost: undefined, execSecurity: undefined, execAsk: undefined };

function chosen(context: CommandContext, settings: SettingsChange): CommandOutcome {
  const refused = context.exec.refusal(settings, siteOf(context));
  if (refused !== undefined) return { text: `Refused: ${refused}` };
  const after = { ...context.session?.settings, ...settings };
  return { text: standing(context, after), settings };
}

function standing(context: CommandContext, settings: SettingsChange = context.session?.settings ?? {}): string {
  return context.exec.standing(settings, siteOf(context));
}

function siteOf({ agent, key, principal }: CommandContext): ExecSite {
  return { agent: agent.name, session: key, principal };
}

/** `key=value`, each at most once; `undefined` for anything else. */
function changeOf(argument: string): SettingsChange | undefined {
  const given = new Map<string, string>();
  for (const part of argument.toLowerCase().split(/\s+/)) {
    const [, key = "", value = ""] = /^(host|security|ask)=([a-z-]+)$/.exec(part) ?? [];
    if (key === "" || given.has(key)) return undefined;
    given.set(key, value);
  }
  const pick = <Value extends string>(key: string, values: readonly Value[]) => {
    const value = given.get(key);
    return value === undefined ? undefined : (values.find((one) => one === value) ?? null);
  };
  const picked = {
    execHost: pick("host", EXEC_HOSTS),
    execSecurity: pick("security", EXEC_SECURITY),
    execAsk: pick("ask", EXEC_ASK),
  };
  const { execHost, execSecurity, execAsk } = picked;
  if (execHost === null || execSecurity === null || execAsk === null) return undefined;
  return {
    ...(execHost && { execHost }),
    ...(execSecurity && { execSecurity }),
    ...(execAsk && { execAsk }),
  };
}
