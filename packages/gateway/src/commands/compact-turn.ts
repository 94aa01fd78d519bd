import type { Agent } from "@claw/core";
import { commandReply } from "./desk.ts";
import { tokens } from "./usage-line.ts";

/** Makes a summary, says so, and is done. */
export function compactingAgent(agent: Agent): Pick<Agent, "run"> {
  return {
    async *run(turn) {
      let said = "There is nothing to compact yet.";
      const messages = turn.messages.filter((message) => message.role !== "user" || message.command === undefined);
      for await (const event of agent.compact?.({ ...turn, messages }) ?? []) {
        if (event.type === "turn-end" && event.reason !== "done") {
          yield event;
          return;
        }
        if (event.type === "compaction" && event.phase === "start") {
          said = "Left as it is: a summary would be no shorter than the conversation.";
        } else if (event.type === "compaction") {
          const { tokensBefore, tokensAfter } = event.message;
          said = `Compacted: about ${tokens(tokensBefore)} tokens are now ${tokens(tokensAfter)}. The whole conversation stays in the history.`;
        }
        if (event.type !== "turn-end") yield event;
      }
      yield { type: "step", message: commandReply(said) };
      yield { type: "turn-end", reason: "done" };
    },
  };
}
