import { type Config, type ResolvedAgent, sandboxPlace } from "@claw/config";
import { hasScope, type Principal, type SettingsChange } from "@claw/core";
import { type ExecControl, OWNER_ID, type SandboxSite } from "@claw/gateway";
import { type ElevationRules, elevation } from "@claw/policy";

type ExecRules = Config["tools"]["exec"];

/** From the strictest on. */
const SECURITY = ["deny", "allowlist", "full"] as const;
const ASK = ["always", "on-miss", "off"] as const;

/** What sessions may choose about where commands run: less than the configuration says, and more only for whom it lists. */
export function execControl(config: Config, find: (agent: string) => ResolvedAgent): ExecControl {
  const { exec, elevated } = config.tools;
  return {
    refusal(change, { agent, session, principal }) {
      const { execSecurity, execAsk, execHost, elevatedLevel = "off" } = change;
      if (execHost === "node") return "there are no nodes to run commands on (execHost); use host=sandbox or host=auto";
      const wider = widerThan(exec, execSecurity, execAsk);
      if (wider !== undefined) return wider;
      if (elevatedLevel === "off" && execHost !== "gateway") return undefined;
      const { sandbox } = find(agent);
      if (!sandbox.host.enabled) {
        return `running on the host is not allowed for the agent ${agent} (${sandbox.rules["host.enabled"]}); set sandbox.host.enabled to true`;
      }
      if (execHost === "gateway" && elevatedLevel === "off") {
        const { place } = sandboxPlace(sandbox, { agent, session, owner: isOwner(principal) });
        if (place === "host") return undefined;
      }
      const decision = elevation(elevated, principal);
      return decision.effect === "allow" ? undefined : `${decision.reason} (${decision.rule})`;
    },
    standing(settings, { agent, session, principal }) {
      const { sandbox } = find(agent);
      const { place } = sandboxPlace(sandbox, { agent, session, owner: isOwner(principal) });
      const where = commandsOnHost({ settings, principal }, { place, sandbox, elevated }) ? "host" : place;
      if (where === "nowhere") return "Commands have no place to run.";
      if (where === "sandbox") return "Commands run in the sandbox, unasked but for what tools.ask names.";
      const { security, ask } = { ...exec, ...narrowing(settings) };
      return `Commands run on the host: security ${security}, ask ${ask}.`;
    },
  };
}

interface Standing {
  readonly place: "sandbox" | "host" | "nowhere";
  readonly sandbox: Pick<ResolvedAgent["sandbox"], "host">;
  readonly elevated: ElevationRules;
}

/** Whether the commands of a session run on the host, by its place and by what was chosen for it. Asked at each call. */
export function commandsOnHost(
  { settings, principal }: Pick<SandboxSite, "principal"> & { readonly settings: SettingsChange },
  { place, sandbox, elevated }: Standing,
): boolean {
  const { elevatedLevel = "off", execHost = "auto" } = settings;
  if (execHost === "sandbox") return false;
  if (place === "host") return true;
  const wanted = elevatedLevel !== "off" || execHost === "gateway";
  return wanted && sandbox.host.enabled && elevation(elevated, principal).effect === "allow";
}

/** What a session adds to the rules about commands on the host. */
export function narrowing({
  elevatedLevel,
  execSecurity,
  execAsk,
}: SettingsChange): Partial<Pick<ExecRules, "security" | "ask">> {
  const ask = elevatedLevel === "on" || elevatedLevel === "ask" ? "always" : execAsk;
  return { ...(execSecurity === undefined ? {} : { security: execSecurity }), ...(ask === undefined ? {} : { ask }) };
}

function widerThan(
  { security, ask }: ExecRules,
  wantedSecurity: string | undefined,
  wantedAsk: string | undefined,
): string | undefined {
  const over = (order: readonly string[], limit: string, wanted: string | undefined): boolean =>
    wanted !== undefined && order.indexOf(wanted) > order.indexOf(limit);
  if (over(SECURITY, security, wantedSecurity)) {
    return `"${wantedSecurity}" is wider than "${security}" (tools.exec.security); a session only narrows it`;
  }
  if (!over(ASK, ask, wantedAsk)) return undefined;
  return `"${wantedAsk}" asks less than "${ask}" (tools.exec.ask); a session only narrows it`;
}

/** Whoever the host is for where the mode leaves a session to it; the owner is that over any connection. */
export function isOwner(principal: Principal): boolean {
  return principal.kind === "user" && (principal.id === OWNER_ID || hasScope(principal, "admin"));
}
