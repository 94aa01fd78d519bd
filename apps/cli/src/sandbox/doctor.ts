import type { Config, ResolvedAgent } from "@claw/config";
import { openConfig } from "../config/open-config.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";
import type { StateFlags } from "../gateway-flags.ts";
import { paint, print, printJson } from "../output.ts";
import { oneLine } from "../text.ts";
import { type Backend, ORDER, probeBackend } from "./probe.ts";

export interface Finding {
  readonly level: "ok" | "warning" | "error";
  readonly message: string;
  /** What mends it. */
  readonly remedy?: string;
}

/** Checks what sandboxes need on this machine and what the configuration makes of it. Ends with 1 when something is wrong. */
export async function sandboxDoctor(flags: StateFlags, json: boolean): Promise<void> {
  const { parseConfig, resolveAgents } = await import("@claw/config");
  const { source, path, stateDir } = await openConfig(flags);
  const config = await parseConfig(source, { file: path });
  const agents = resolveAgents(config);
  const there = await backendsHere(stateDir);
  const findings = [
    ...backendFindings(agents, there),
    ...agents.flatMap(agentFindings),
    ...hostFindings(config, agents),
  ];
  if (json) printJson(findings);
  else for (const one of findings) print(lineOf(one));
  if (findings.some(({ level }) => level === "error")) throw new CommandError(EXIT_CODES.failed, "");
}

/** Of each backend why it is missing; `undefined` for one that works here. */
export type Backends = Readonly<Record<Backend, string | undefined>>;

async function backendsHere(stateDir: string): Promise<Backends> {
  const found = await Promise.all(
    ORDER.map(async (name) => {
      const probe = await probeBackend(name, stateDir);
      return [name, "missing" in probe ? probe.missing : undefined] as const;
    }),
  );
  return Object.fromEntries(found) as Record<Backend, string | undefined>;
}

export function backendFindings(agents: readonly ResolvedAgent[], there: Backends): readonly Finding[] {
  const wanted = new Set(agents.filter(({ sandbox }) => sandbox.mode !== "off").map(({ sandbox }) => sandbox.backend));
  const first = ORDER.find((name) => there[name] === undefined);
  return ORDER.map((name): Finding => {
    const missing = there[name];
    if (missing === undefined)
      return { level: "ok", message: `${name} works here${name === first ? ", and is what auto takes" : ""}` };
    if (wanted.has(name))
      return { level: "error", message: `${name} is asked for and does not work here`, remedy: missing };
    const preferred = wanted.has("auto") && name === "docker";
    return { level: preferred ? "warning" : "ok", message: `${name} does not work here`, remedy: missing };
  });
}

export function agentFindings({ id, sandbox }: ResolvedAgent): readonly Finding[] {
  const { mode, host, rules, workspaceAccess, network, backend } = sandbox;
  const findings: Finding[] = [];
  if (mode === "off" && !host.enabled) {
    findings.push({
      level: "warning",
      message: `the agent ${id} has no sandbox (${rules["mode"]}) and may not use the host: its tools refuse`,
      remedy: "set sandbox.mode to all",
    });
  }
  if (host.enabled && mode !== "all") {
    findings.push({
      level: "warning",
      message: `the agent ${id} runs approved commands on the host, where nothing is isolated (${rules["host.enabled"]})`,
      remedy: "set sandbox.mode to all unless it needs the machine itself",
    });
  }
  if (host.enabled && workspaceAccess === "ro" && mode !== "all") {
    findings.push({
      level: "error",
      message: `the agent ${id} has a read-only workspace, which the host can't keep: its tools refuse there`,
      remedy: `change ${rules["workspaceAccess"]} or ${rules["host.enabled"]}`,
    });
  }
  if (network !== "none" && backend === "virtual") {
    findings.push({
      level: "warning",
      message: `the agent ${id} has hosts to reach (${rules["network"]}), and the virtual sandbox has no network`,
      remedy: "use docker or bwrap",
    });
  }
  return findings;
}

export function hostFindings({ tools }: Config, agents: readonly ResolvedAgent[]): readonly Finding[] {
  const { elevated } = tools;
  if (!elevated.enabled) return [];
  if (!agents.some(({ sandbox }) => sandbox.host.enabled)) {
    const message = "tools.elevated.enabled has no effect: no agent may use the host";
    return [
      { level: "warning", message, remedy: "set sandbox.host.enabled to true, or tools.elevated.enabled to false" },
    ];
  }
  if (elevated.allowFrom.length > 0) return [];
  const message = "tools.elevated.enabled has no effect: nobody is listed in tools.elevated.allowFrom";
  return [{ level: "warning", message, remedy: 'list user ids there, like "owner"' }];
}

const MARKS = { ok: ["green", "✓"], warning: ["yellow", "!"], error: ["red", "✗"] } as const;

function lineOf({ level, message, remedy }: Finding): string {
  const [colour, mark] = MARKS[level];
  const line = `${paint(colour, mark)} ${oneLine(message)}`;
  return remedy === undefined ? line : `${line}\n  ${paint("dim", oneLine(remedy))}`;
}
