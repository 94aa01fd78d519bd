import type { Session } from "@claw/core";
import type { SessionRow } from "@claw/protocol";
import type { MethodDeps } from "./context.ts";
import { modelOfRole } from "./model-of-role.ts";

export type RowDeps = Pick<MethodDeps, "agents" | "models" | "runs">;

/** A session as clients list it. */
export function sessionRow(session: Session, deps: RowDeps): SessionRow {
  const { key, agent, title, label, owner, access, createdAt, updatedAt, settings } = session;
  const { inputTokens, outputTokens, contextTokens } = session.usage;
  const { model: _, archived = false, ...shown } = settings;
  const active = deps.runs.ofSession(key).map((run) => run.run);
  return {
    key,
    kind: key.includes(":group:") || key.includes(":channel:") ? "group" : "direct",
    agentId: agent,
    isMain: key === `agent:${agent}:main` || key === `agent:${agent}:main~${owner}`,
    sessionId: key,
    startedAt: createdAt.getTime(),
    updatedAt: updatedAt.getTime(),
    derivedTitle: title,
    ...(label === undefined ? {} : { label }),
    ownerId: owner,
    access,
    archived,
    ...shown,
    ...modelFields(session, deps),
    inputTokens,
    outputTokens,
    // Stock clients show it as a part of `contextTokens`.
    totalTokens: contextTokens,
    totalTokensFresh: contextTokens > 0,
    hasActiveRun: active.length > 0,
    activeRunIds: active,
  };
}

type ModelFields = Pick<SessionRow, "modelProvider" | "model" | "modelOverrideSource" | "contextTokens">;

/** The model that the session's next turn asks, as far as it can be told without asking. */
function modelFields({ agent, settings }: Session, { agents, models }: RowDeps): ModelFields {
  const ref = modelOfRole(models, settings.model ?? agents.get(agent)?.model);
  if (ref === undefined) return {};
  const slash = ref.indexOf("/");
  const window = models?.list().find((model) => model.ref === ref)?.contextWindow;
  return {
    modelProvider: ref.slice(0, Math.max(slash, 0)),
    model: ref.slice(slash + 1),
    modelOverrideSource: settings.model === undefined ? "agent" : "user",
    ...(window === undefined ? {} : { contextTokens: window }),
  };
}
