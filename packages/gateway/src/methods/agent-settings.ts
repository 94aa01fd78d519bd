import type { Principal } from "@claw/core";
import { type AgentsResults, type AgentWritten, invalidRequest, type MethodName } from "@claw/protocol";
import type { BeforeWrite, ConfigChange, ConfigFile, ConfigRefusal } from "../config-file.ts";
import { type Tree, withAgent, withoutAgent } from "./agent-entries.ts";
import { configWrites } from "./config-writes.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { checkAgent } from "./unknown-agent.ts";

type AgentSettingsMethod = Exclude<keyof AgentsResults, "agents.list">;

/** Somebody else may write between the reading and the writing, and then it is read again. */
const MAX_ATTEMPTS = 5;

/** Methods that change which agents there are, in the configuration file. */
export function agentSettingsMethods(deps: MethodDeps): Pick<Handlers, AgentSettingsMethod> {
  const { agents, builtInAgents, defaultAgent, config } = deps;
  if (config === undefined)
    return { "agents.create": undefined, "agents.update": undefined, "agents.delete": undefined };
  const write = configWrites(deps);

  async function change(
    method: MethodName,
    principal: Principal,
    agentId: string,
    edit: (file: Tree) => Tree,
    meant: Pick<ConfigChange, "mayShrink"> = {},
  ): Promise<AgentWritten> {
    const { restartRequired, issues } = await write(method, principal, (file, before) =>
      rewrite(file, edit, meant, before),
    );
    return { ok: true, agentId, restartRequired, issues };
  }

  return {
    async "agents.create"({ agentId, ...settings }, { principal }) {
      const id = agentId ?? idOf(settings.name ?? "");
      if (id === "") throw refused("expected agentId, or a name to make one from: a-z, 0-9, _ and -");
      return change("agents.create", principal, id, (file) => {
        if (agents.has(id)) throw refused(`there is an agent ${id} already; agents.update changes it`);
        return withAgent(file, id, settings);
      });
    },

    async "agents.update"({ agentId, ...settings }, { principal }) {
      return change("agents.update", principal, agentId, (file) => {
        checkAgent(deps, agentId);
        return withAgent(file, agentId, settings);
      });
    },

    async "agents.delete"({ agentId }, { principal }) {
      let removedBindings = 0;
      const edit = (file: Tree): Tree => {
        checkAgent(deps, agentId);
        if (builtInAgents.has(agentId)) throw refused(`${agentId} is built in: it can be changed, not deleted`);
        if (agentId === defaultAgent()) throw refused(`${agentId} is the default agent; make another one that first`);
        const without = withoutAgent(file, agentId);
        if (without === undefined)
          throw refused(`${agentId} is not in the main configuration file but in an included one`);
        ({ removedBindings } = without);
        return without.file;
      };
      const written = await change("agents.delete", principal, agentId, edit, { mayShrink: true });
      return { ...written, removedBindings };
    },
  };
}

async function rewrite(
  file: ConfigFile,
  edit: (file: Tree) => Tree,
  meant: Pick<ConfigChange, "mayShrink">,
  before: BeforeWrite,
) {
  for (let attempt = 1; ; attempt++) {
    const { valid, raw, hash, issues } = await file.snapshot();
    if (!valid) return wrong(hash, issues);
    const wanted = edit(JSON.parse(raw ?? "{}"));
    const result = await file.replace({ raw: JSON.stringify(wanted), baseHash: hash, ...meant }, before);
    if (result.ok || result.code !== "CONFIG_STALE" || attempt === MAX_ATTEMPTS) return result;
  }
}

/** What a wrong file says is not known, so nothing can be put in its place. */
function wrong(hash: string, issues: ConfigRefusal["issues"]): ConfigRefusal {
  const message = "the configuration file has mistakes, which come first; config.get names them";
  return { ok: false, code: "CONFIG_INVALID", message, issues, hash };
}

const refused = (message: string): MethodError => new MethodError(invalidRequest(message));

function idOf(name: string): string {
  const words =
    name
      .normalize("NFKD")
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return words.join("-").slice(0, 64);
}
