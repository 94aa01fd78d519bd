import type { Command } from "./command.ts";

export const startOver: Command = {
  name: "new",
  aliases: ["reset"],
  description: "Start over: what was said so far is kept to be read, and the model no longer sees it.",
  category: "session",
  right: "manage",
  run: async ({ active }) => ({
    text: "Started over. What was said before stays in the history.",
    reset: "always",
    stops: active,
  }),
};

/** Commands that change where a conversation stands. */
export const sessionCommands: readonly Command[] = [
  startOver,
  {
    name: "compact",
    description: "Make a summary of the conversation, so that it takes less of the model's window.",
    category: "session",
    right: "write",
    run: async ({ agent, session }) =>
      agent.compact === undefined || session === undefined
        ? { text: "There is nothing to compact yet." }
        : { turn: "compact" },
  },
  {
    name: "stop",
    aliases: ["abort", "cancel"],
    words: ["stop", "abort", "cancel", "halt"],
    description: "Stop what is going on in this session.",
    category: "session",
    right: "write",
    run: async ({ active }) =>
      active.length === 0
        ? { text: "Nothing is going on." }
        : { text: active.length === 1 ? "Stopped." : `Stopped, with ${active.length - 1} waiting.`, stops: active },
  },
];
