import { type Decision, digestOf, type Principal, type Route, type Tool } from "@claw/core";
import { invalidRequest, type ToolGroup, type ToolRow } from "@claw/protocol";
import { decide } from "../gate.ts";
import type { InvokeProblem } from "../invoke-tool.ts";
import { agentsOf, defaultAgentOf } from "../people/agents-of.ts";
import { ownKey } from "../people/own-key.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { sessionOf } from "./session-of.ts";
import { spokenBy } from "./submit.ts";

const MISTAKES: ReadonlySet<InvokeProblem> = new Set([
  "invalid_request_error",
  "tool_not_found",
  "idempotency_conflict",
]);

/** Methods about tools: which there are, who may use them, and one call of one. */
export function toolMethods(deps: MethodDeps): Pick<Handlers, `tools.${"catalog" | "effective" | "invoke"}`> {
  const { agents, tools, toolSets, policy, invokeTool } = deps;
  const all = [...tools.values()];

  const agentOf = (principal: Principal, agentId: string): string => {
    const usable = agentsOf(deps, principal);
    if (usable.has(agentId)) return agentId;
    const known = [...usable.keys()].join(", ");
    throw new MethodError(invalidRequest(`unknown agent ${agentId}; agents: ${known}`, { code: "UNKNOWN_AGENT_ID" }));
  };

  /** What the policy says of a call about whose input nothing is known yet. */
  const decisionOn = (tool: Tool, principal: Principal, { agent, session }: Route): Decision | Promise<Decision> => {
    if (agents.get(agent)?.tools?.includes(tool.name) === false) {
      return { effect: "deny", rule: `agent ${agent}`, reason: `${agent} is not offered ${tool.name}` };
    }
    const input = { tool: tool.name, input: {} };
    const provenance = spokenBy(principal);
    return decide(policy, { type: "tool.call", principal, agent, session, provenance, input, digest: digestOf(input) });
  };

  /** Groups that have a tool, in their order; what is in none comes last. */
  const grouped = <Row extends ToolRow>(rows: readonly Row[]): readonly (ToolGroup & { tools: readonly Row[] })[] => {
    const named = toolSets.groups.map(({ id, label, tools: names }) => ({
      ...{ id, label, source: "core" as const },
      tools: rows.filter((row) => names.includes(row.id)),
    }));
    const rest = rows.filter((row) => !named.some((group) => group.tools.includes(row)));
    const groups = [...named, { id: "other", label: "Other", source: "core" as const, tools: rest }];
    return groups.filter((group) => group.tools.length > 0);
  };

  return {
    async "tools.catalog"({ agentId }, { principal }) {
      const { profiles, inProfile } = toolSets;
      const rows = all.map((tool) => ({
        ...rowOf(tool),
        defaultProfiles: profiles.filter((profile) => inProfile(profile, tool.name)),
      }));
      return {
        agentId: agentOf(principal, agentId ?? defaultAgentOf(deps, principal)),
        profiles: profiles.map((id) => ({ id, label: id })),
        groups: grouped(rows),
      };
    },

    async "tools.effective"({ agentId, sessionKey }, { principal }) {
      const route = sessionOf(deps, ownKey(deps, principal, sessionKey, agentId), agentId);
      agentOf(principal, route.agent);
      const decided = await Promise.all(
        all.map(async (tool) => ({ tool, decision: await decisionOn(tool, principal, route) })),
      );
      const usable = decided.flatMap(({ tool, decision: { effect, rule } }) =>
        effect === "deny" ? [] : [{ ...rowOf(tool), effect, rule }],
      );
      const denied = decided.flatMap(({ tool, decision }) =>
        decision.effect === "deny" ? [{ id: tool.name, rule: decision.rule, reason: decision.reason }] : [],
      );
      return { agentId: route.agent, groups: grouped(usable), denied };
    },

    async "tools.invoke"({ name, args = {}, sessionKey, agentId, idempotencyKey }, { principal, receivedMs }) {
      const request = { tool: name, args, sessionKey, agentId, idempotencyKey };
      const invocation = await invokeTool(principal, request, { receivedMs });
      const about = { toolName: name, source: "core" } as const;
      switch (invocation.kind) {
        case "result": {
          const { output: text, details, failed } = invocation.result;
          const output = { text, ...(details === undefined ? {} : { details }) };
          return { ...about, ok: !failed, runId: invocation.run, output };
        }
        case "unfinished": {
          const { state, error = { code: state, message: `the run is ${state}` } } = invocation.ending;
          return { ...about, ok: false, runId: invocation.run, error: { code: error.code, message: error.message } };
        }
        case "problem": {
          const { problem, message, run } = invocation;
          if (MISTAKES.has(problem)) throw new MethodError(invalidRequest(message));
          return {
            ...about,
            ok: false,
            ...(run === undefined ? {} : { runId: run }),
            error: { code: problem, message },
          };
        }
      }
    },
  };
}

const rowOf = ({ name, description }: Tool): ToolRow => ({ id: name, label: name, description, source: "core" });
