import { modelOfRole } from "../methods/model-of-role.ts";
import type { Command, CommandContext } from "./command.ts";
import { fastName } from "./fast-name.ts";
import { tokens, usageLine } from "./usage-line.ts";

/** Commands that tell how things stand. */
export const statusCommands: readonly Command[] = [
  {
    name: "status",
    description: "Show the model, the context and what is going on in this session.",
    category: "status",
    right: "write",
    run: async (context) => ({ text: statusText(context) }),
  },
  {
    name: "help",
    aliases: ["commands"],
    description: "List the commands that you may use here.",
    category: "status",
    right: "write",
    run: async ({ commands }) => ({
      text: commands
        .map(({ name, aliases = [], argument, description }) => {
          const shape = argument === undefined ? `/${name}` : `/${name} [${argument.name}]`;
          const others = aliases.map((alias) => `\`/${alias}\``).join(", ");
          return `- \`${shape}\`${others === "" ? "" : ` (or ${others})`}: ${description}`;
        })
        .join("\n"),
    }),
  },
];

function statusText({ key, session, agent, models, active }: CommandContext): string {
  const ref = modelOfRole(models, session?.settings.model ?? agent.model ?? "default") ?? "unknown";
  const window = models?.list().find((model) => model.ref === ref)?.contextWindow;
  const held = session?.usage.contextTokens ?? 0;
  const share = window === undefined ? "" : ` of ${tokens(window)} (${Math.round((held / window) * 100)} %)`;
  const [going, ...waiting] = active;
  const busy =
    going === undefined ? "nothing" : waiting.length === 0 ? "a turn" : `a turn, and ${waiting.length} waiting`;
  const { thinkingLevel = "the provider's own level", fastMode } = session?.settings ?? {};
  const fast = fastMode === undefined ? "" : `; faster service: ${fastName(fastMode)}`;
  // A list, since lines alone run together where Markdown is shown.
  return [
    `- Session: \`${key}\``,
    `- Agent: ${agent.name}`,
    `- Model: \`${ref}\`; thinking: ${thinkingLevel}${fast}`,
    `- Context: ${tokens(held)} tokens${share}`,
    `- ${usageLine(session)}`,
    `- Going on: ${busy}`,
  ].join("\n");
}
