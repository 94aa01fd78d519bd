import type { Principal } from "@claw/core";
import type { Context } from "hono";
import type { MethodDeps } from "../methods/context.ts";
import { agentsOf, defaultAgentOf } from "../people/agents-of.ts";
import type { ApiEnv } from "./authorise.ts";
import { apiError } from "./errors.ts";

/** Every agent is a model to an OpenAI client: `openclaw/<agent>`, and `openclaw` for the first one. */
const PREFIX = "openclaw";

export function listModels(deps: MethodDeps): (context: Context<ApiEnv>) => Response {
  const { clock } = deps;
  const created = Math.floor(clock.now().getTime() / 1_000);
  return (context) => {
    const ids = [PREFIX, ...[...agentsOf(deps, context.get("principal")).keys()].map((agent) => `${PREFIX}/${agent}`)];
    const models = ids.map((id) => ({ id, object: "model", created, owned_by: "claw" }));
    const id = context.req.param("id");
    if (id === undefined) return Response.json({ object: "list", data: models });
    const model = models.find((one) => one.id === id);
    return model === undefined ? apiError(404, unknownModel(id, ids), "model_not_found") : Response.json(model);
  };
}

/** The agent that a model name stands for; `undefined` when there is none. */
export function agentOfModel(model: string, deps: MethodDeps, principal: Principal): string | undefined {
  const agents = agentsOf(deps, principal);
  if (model === PREFIX) return defaultAgentOf(deps, principal);
  const agent = model.startsWith(`${PREFIX}/`) ? model.slice(PREFIX.length + 1) : model;
  return agents.has(agent) ? agent : undefined;
}

export function unknownModel(id: string, known: readonly string[]): string {
  return `there is no model ${id.slice(0, 100)}; there are: ${known.join(", ")}`;
}
