import { type ChatMetadata, invalidRequest } from "@claw/protocol";
import { chatHistory } from "./chat.ts";
import { entryOf } from "./commands.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { modelRows } from "./models.ts";
import { sessionOf } from "./session-of.ts";

/** Methods that a client asks when it opens a conversation. */
export function chatStartMethods(
  deps: MethodDeps,
): Pick<Handlers, "chat.startup" | "chat.metadata" | "agent.identity.get"> {
  const { agents, commands, models } = deps;
  const metadata = (): ChatMetadata => ({
    commands: commands.all.map((command) => entryOf(command, true)),
    models: models === undefined ? [] : modelRows(models),
  });
  return {
    async "chat.startup"(params, { principal }) {
      return { ...(await chatHistory(deps, params, principal)), metadata: metadata() };
    },

    async "chat.metadata"() {
      return metadata();
    },

    async "agent.identity.get"({ agentId, sessionKey }) {
      const { agent } = sessionOf(deps, sessionKey, agentId);
      if (agents.has(agent)) return { agentId: agent, name: agent, nameSource: "config", avatarStatus: "none" };
      throw new MethodError(invalidRequest(`unknown agent ${agent}`, { code: "UNKNOWN_AGENT_ID" }));
    },
  };
}
