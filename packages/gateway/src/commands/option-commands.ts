import { ClawError, THINKING_LEVELS } from "@claw/core";
import { modelOfRole } from "../methods/model-of-role.ts";
import type { Command, CommandContext } from "./command.ts";
import { fastName } from "./fast-name.ts";
import { thinkingLevelNamed } from "./thinking-level.ts";
import { usageLine } from "./usage-line.ts";

const USAGE = ["off", "tokens", "full"] as const;
const LEVELS = `Levels: ${THINKING_LEVELS.join(", ")}; \`default\` for the provider's own.`;
const MAX_LISTED = 20;
const FAST = { on: true, off: false, auto: "auto", default: undefined } as const;
const FAST_NAMES = ["on", "off", "auto", "default"] as const satisfies readonly (keyof typeof FAST)[];
const MODES = `Modes: ${FAST_NAMES.join(", ")}.`;

/** Commands that choose what the turns of a session are taken with. */
export const optionCommands: readonly Command[] = [
  {
    name: "model",
    description: "Show the model of this session, or choose another.",
    category: "options",
    argument: { name: "model", description: "Role or provider/model; `default` for the agent's own." },
    right: "owner",
    async run(context) {
      const { argument, models } = context;
      if (argument === "") return { text: `${currentModel(context)}\n\n${available(context)}` };
      if (argument === "default")
        return { text: "The agent's own model answers from now on.", settings: { model: undefined } };
      try {
        const { ref } = (await models?.resolve(argument)) ?? { ref: argument };
        return { text: `\`${ref}\` answers from now on.`, settings: { model: argument } };
      } catch (error) {
        return { text: ClawError.from(error, "GATEWAY_FAILED").message };
      }
    },
  },
  {
    name: "think",
    aliases: ["thinking", "t"],
    description: "Show how hard the model thinks, or choose it.",
    category: "options",
    argument: { name: "level", description: "How hard; `default` for the provider's own.", choices: THINKING_LEVELS },
    right: "owner",
    async run({ argument, session }) {
      if (argument === "")
        return { text: `Thinking: ${session?.settings.thinkingLevel ?? "the provider's own level"}. ${LEVELS}` };
      if (argument === "default")
        return { text: "Thinking: the provider's own level.", settings: { thinkingLevel: undefined } };
      const thinkingLevel = thinkingLevelNamed(argument);
      if (thinkingLevel === undefined) return { text: `There is no level "${argument}". ${LEVELS}` };
      return { text: `Thinking: ${thinkingLevel}.`, settings: { thinkingLevel } };
    },
  },
  {
    name: "fast",
    description: "Show whether the provider's faster service is asked for, or choose it.",
    category: "options",
    argument: { name: "mode", description: "`auto`: the first minute of each turn.", choices: FAST_NAMES },
    right: "owner",
    async run({ argument, session }) {
      if (argument === "") return { text: `Faster service: ${fastName(session?.settings.fastMode)}. ${MODES}` };
      const mode = FAST_NAMES.find((name) => name === argument.toLowerCase());
      if (mode === undefined) return { text: `There is no mode "${argument}". ${MODES}` };
      return { text: `Faster service: ${fastName(FAST[mode])}.`, settings: { fastMode: FAST[mode] } };
    },
  },
  {
    name: "usage",
    description: "Show what this session spent, or choose what its answers say of it in a channel.",
    category: "options",
    argument: { name: "mode", description: "What answers say.", choices: USAGE },
    right: "owner",
    async run({ argument, session }) {
      if (argument === "") return { text: usageLine(session) };
      const responseUsage = USAGE.find((mode) => mode === argument);
      if (responseUsage === undefined) return { text: `There is no mode "${argument}". Modes: ${USAGE.join(", ")}.` };
      return { text: `Answers in a channel say of their usage: ${responseUsage}.`, settings: { responseUsage } };
    },
  },
];

function currentModel({ session, agent, models }: CommandContext): string {
  const chosen = session?.settings.model;
  const ref = modelOfRole(models, chosen ?? agent.model ?? "default") ?? "unknown";
  return `Model: \`${ref}\`${chosen === undefined ? "" : " (chosen for this session)"}.`;
}

function available({ models }: CommandContext): string {
  const refs = (models?.list() ?? []).filter((model) => model.available).map(({ ref }) => `- \`${ref}\``);
  const more = refs.length > MAX_LISTED ? [`- and ${refs.length - MAX_LISTED} more`] : [];
  return ["Choose with `/model provider/model`:", ...refs.slice(0, MAX_LISTED), ...more].join("\n");
}
