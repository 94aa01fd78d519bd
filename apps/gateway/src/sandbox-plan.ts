import { isDeepStrictEqual } from "node:util";
import { narrowSandbox, type ResolvedAgent, type ResolvedSandbox, sandboxPlace, sandboxValues } from "@claw/config";
import { ClawError, type Principal, type SandboxErrorCode, type SandboxProvider, type SandboxSpec } from "@claw/core";
import type { SandboxPlan, SandboxSettings, SandboxSite } from "@claw/gateway";
import type { ElevationRules } from "@claw/policy";
import { commandsOnHost, isOwner, narrowing } from "./exec-control.ts";
import type { SandboxProviders } from "./sandbox-providers.ts";

export interface SandboxPlanOptions {
  /** As the configuration has them now, the default one first. */
  readonly agents: () => readonly [ResolvedAgent, ...ResolvedAgent[]];
  readonly workspaceOf: (agent: string) => string;
  readonly providers: SandboxProviders;
  /** The bare machine. */
  readonly host: SandboxProvider;
  readonly elevated: () => ElevationRules;
}

/** Where the tools of each call run by the configuration, and why. */
export function sandboxPlan({
  agents,
  workspaceOf,
  providers,
  host,
  elevated,
}: SandboxPlanOptions): Required<Pick<SandboxSettings, "plan" | "explain">> {
  const find = (id: string): ResolvedAgent => agents().find((agent) => agent.id === id) ?? agents()[0];

  /** Who shares one sandbox. What is asked for by another agent is never in the sandbox of people. */
  const keyOf = (sandbox: ResolvedSandbox, { session, agent }: SandboxSite): string => {
    if (sandbox.scope === "session") return session;
    if (sandbox.scope === "agent") return `agent:${agent}`;
    const alike = agents().find(
      (other) => isAlike(other.sandbox, sandbox) && workspaceOf(other.id) === workspaceOf(agent),
    );
    return `shared:${alike?.id ?? agent}`;
  };

  const resolve = ({ agent, session, principal }: SandboxSite) => {
    const own = find(agent).sandbox;
    const parent = parentOf(principal);
    const sandbox = parent === undefined ? own : narrowSandbox(find(parent).sandbox, own);
    return { parent, sandbox, standing: sandboxPlace(sandbox, { agent, session, owner: isOwner(principal) }) };
  };

  return {
    plan(site): SandboxPlan {
      const { agent, session, settings } = site;
      const { parent, sandbox, standing } = resolve(site);
      const { place, rule, reason } = standing;
      const onHost = site.command
        ? commandsOnHost(site, { place, sandbox, elevated: elevated() })
        : place === "host" && settings.execHost !== "sandbox";
      if (onHost) {
        return {
          provider: host,
          host: narrowing(settings),
          spec: specOf(sandbox, workspaceOf(agent), `host:${session}`),
        };
      }
      if (place === "nowhere") throw unavailable(`${reason} (${rule}); set sandbox.mode to "all"`);
      const provider = providers.of(sandbox);
      if (provider === undefined) {
        throw unavailable(`the sandbox "${sandbox.backend}" of the agent ${agent} is not there; restart the gateway`);
      }
      const key = keyOf(sandbox, site);
      return {
        provider,
        spec: specOf(sandbox, workspaceOf(agent), parent === undefined ? key : `${key} by ${parent}`),
      };
    },
    explain(site) {
      const { sandbox, standing } = resolve(site);
      const workspace = {
        key: "workspace",
        value: workspaceOf(site.agent),
        rule: find(site.agent).workspace === undefined ? "default" : `agent ${site.agent}`,
      };
      return { ...standing, values: [workspace, ...sandboxValues(sandbox)] };
    },
  };
}

/** The agent in whose name another one is asked. */
function parentOf({ kind, id }: Principal): string | undefined {
  return kind === "agent" ? (/^agent:([^:]+)/.exec(id)?.[1] ?? id) : undefined;
}

/** Whether what is seen and reached from both is the same. */
function isAlike({ rules: _, ...a }: ResolvedSandbox, { rules: __, ...b }: ResolvedSandbox): boolean {
  return isDeepStrictEqual(a, b);
}

function specOf({ workspaceAccess, docker, secretFiles }: ResolvedSandbox, path: string, key: string): SandboxSpec {
  const { memoryMb, cpus, pidsLimit, diskMb } = docker;
  return {
    key,
    workspace: workspaceAccess === "none" ? { access: "none" } : { access: workspaceAccess, path },
    network: "none",
    ...(Object.keys(secretFiles).length === 0 ? {} : { secrets: secretFiles }),
    ...(memoryMb === undefined ? {} : { memoryMb }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(pidsLimit === undefined ? {} : { pids: pidsLimit }),
    ...(diskMb === undefined ? {} : { diskMb }),
  };
}

function unavailable(message: string): ClawError<SandboxErrorCode> {
  return new ClawError("SANDBOX_UNAVAILABLE", `Tools have no place to run: ${message}.`);
}
