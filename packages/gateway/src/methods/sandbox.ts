import { invalidRequest, type SandboxRow } from "@claw/protocol";
import { agentsOf } from "../people/agents-of.ts";
import { ownKey } from "../people/own-key.ts";
import type { HeldSandbox } from "../sandboxes.ts";
import { settingsOf } from "../session-settings-of.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { sessionOf } from "./session-of.ts";

type SandboxMethod = `sandbox.${"status" | "explain" | "list" | "recreate" | "prune"}`;

/** Methods about where tools run. */
export function sandboxMethods(deps: MethodDeps): Pick<Handlers, SandboxMethod> {
  const { sandbox, sandboxes, explainSandbox, exec, store } = deps;
  return {
    async "sandbox.status"() {
      if (sandbox === undefined) {
        return {
          backend: "none",
          summary: "No sandbox: tools that need one are refused.",
          limits: [],
          state: "unavailable",
          reason: "set sandbox.backend",
        };
      }
      const { name: backend, summary, limits } = sandbox;
      const { state, detail } = sandbox.status?.() ?? { state: "ready" };
      const key = state === "preparing" ? "progress" : "reason";
      const said = state === "ready" ? sandboxes.trouble : detail;
      return {
        backend,
        summary,
        limits,
        state,
        ...(said === undefined ? {} : { [key]: said }),
      };
    },

    async "sandbox.explain"({ agentId, sessionKey }, { principal }) {
      const { agent, session } = sessionOf(deps, ownKey(deps, principal, sessionKey, agentId), agentId);
      if (!agentsOf(deps, principal).has(agent)) {
        throw new MethodError(invalidRequest(`unknown agent ${agent}`, { code: "UNKNOWN_AGENT_ID" }));
      }
      const settings = await settingsOf(store, principal, session);
      const explained = explainSandbox?.({ agent, session, principal, settings, command: true }) ?? NO_EXPLANATION;
      const commands = exec.standing(settings, { agent, session, principal });
      return { agentId: agent, sessionKey: session, ...explained, commands };
    },

    async "sandbox.list"() {
      return { sandboxes: sandboxes.list().map(sandboxRow) };
    },

    async "sandbox.recreate"({ agentId, sessionKey, force }) {
      const session = sessionKey === undefined ? undefined : sessionOf(deps, sessionKey, agentId).session;
      const matches = ({ site }: HeldSandbox): boolean =>
        (agentId === undefined || site.agent === agentId) && (session === undefined || site.session === session);
      return sandboxes.end(matches, force === undefined ? {} : { force });
    },

    async "sandbox.prune"() {
      return sandboxes.end(({ users }) => users === 0);
    },
  };
}

const NO_EXPLANATION = {
  place: "sandbox",
  rule: "default",
  reason: "this gateway was composed without a configuration of its sandboxes",
  values: [],
} as const;

function sandboxRow({ key, provider, id, site, users, since }: HeldSandbox): SandboxRow {
  return {
    key,
    backend: provider,
    ...(id === undefined ? {} : { id }),
    agentId: site.agent,
    sessionKey: site.session,
    calls: users,
    sinceMs: since.getTime(),
  };
}
