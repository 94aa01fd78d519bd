import { join, sep } from "node:path";
import { type ResolvedAgent, resolveAgents } from "@claw/config";
import { probeSandbox } from "../sandbox/probe.ts";
import type { Finding, Site } from "./finding.ts";

/** What agents can do to this machine. */
export async function sandboxFindings({ config, stateDir }: Site): Promise<readonly Finding[]> {
  const agents = resolveAgents(config);
  const [first] = agents;
  const { backend } = await probeSandbox(first.sandbox.backend, stateDir);
  const virtual: Finding = {
    id: "sandbox.virtual",
    severity: "note",
    finding: "There is no engine and no bubblewrap here: agents have an interpreter instead of real programs.",
    mend: "Install Docker or bubblewrap; nothing runs on the host meanwhile.",
  };
  const root: Finding = {
    id: "gateway.root",
    severity: "warning",
    finding: "This command, and so perhaps the gateway, runs as root: a hole in it is a hole in the whole machine.",
    mend: "Run the gateway as a user of its own.",
  };
  return [
    ...agents.flatMap((agent) => agentFindings(stateDir, agent)),
    ...(backend === "virtual" && first.sandbox.mode !== "off" ? [virtual] : []),
    ...(process.getuid?.() === 0 ? [root] : []),
  ];
}

function agentFindings(
  stateDir: string,
  { id, sandbox, workspace = join(stateDir, "workspace") }: ResolvedAgent,
): readonly Finding[] {
  const found: Finding[] = [];
  const keys = sandbox.rules;
  if (
    sandbox.workspaceAccess !== "none" &&
    `${stateDir}${sep}`.startsWith(workspace === sep ? sep : `${workspace}${sep}`)
  ) {
    found.push({
      id: "sandbox.workspace-holds-state",
      severity: "critical",
      finding: `The workspace of the agent ${id}, ${workspace}, holds the gateway's own state: the agent reads its secrets.`,
      mend: "Give the agent a directory of its own, or move the state (CLAW_STATE_DIR).",
    });
  }
  if (sandbox.host.enabled) {
    found.push({
      id: "sandbox.host",
      severity: "warning",
      finding: `What has no sandbox of the agent ${id} runs on this machine itself, once a person approved it (${keys["host.enabled"]}).`,
      mend: "claw config set sandbox.host.enabled false",
    });
  }
  if (
    sandbox.network !== "none" &&
    sandbox.network.allow.some((rule) => (typeof rule === "string" ? rule : rule.host) === "*")
  ) {
    found.push({
      id: "sandbox.network-open",
      severity: "warning",
      finding: `Programs of the agent ${id} reach every public host: what they read can go anywhere (${keys["network"]}).`,
      mend: "Name the hosts that are needed in sandbox.network.allow.",
    });
  }
  return found;
}
