import { type AgentSummary, invalidRequest } from "@claw/protocol";
import { runRow } from "../connection/wire-messages.ts";
import { agentsOf, defaultAgentOf } from "../people/agents-of.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { modelOfRole } from "./model-of-role.ts";
import { sessionOf } from "./session-of.ts";

type Catalogue = "agents.list" | "runs.get" | "runs.list";

/** Methods that show what there is. */
export function catalogueMethods(deps: MethodDeps): Pick<Handlers, Catalogue> {
  const { people, models, store } = deps;
  return {
    async "agents.list"(_params, { principal }) {
      const rows = [...agentsOf(deps, principal).values()].map((agent): AgentSummary => {
        const { name: id, displayName: name = id, description } = agent;
        const primary = modelOfRole(models, agent.model);
        return { id, name, description, ...(primary === undefined ? {} : { model: { primary } }) };
      });
      return {
        defaultId: defaultAgentOf(deps, principal),
        ownership: "sole",
        selectionRequired: false,
        mainKey: people.mainKey(principal),
        scope: "per-sender",
        agents: rows,
      };
    },

    async "runs.get"({ runId }, { principal }) {
      const run = await store.as(principal).runs.get(runId);
      if (run === undefined)
        throw new MethodError(invalidRequest(`there is no run ${runId}`, { code: "RUN_NOT_FOUND" }));
      return { run: runRow(run) };
    },

    async "runs.list"({ sessionKey, limit }, { principal }) {
      const { session } = sessionOf(deps, sessionKey);
      const runs = await store.as(principal).runs.list(session, limit === undefined ? {} : { limit });
      return { runs: runs.map(runRow) };
    },
  };
}
