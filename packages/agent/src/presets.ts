/** What tells one agent from another. */
export interface AgentPreset {
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  /** Model role or `provider/model`. */
  readonly role: string;
  /** Names of the tools it is offered; all when absent. */
  readonly tools?: readonly string[];
  /** First part of the system text: who it is and what it is good at. */
  readonly prompt: string;
}

/** The agents everybody has; a configuration overrides or adds by name. */
export const presets: readonly [AgentPreset, ...AgentPreset[]] = [
  {
    name: "default",
    description: "A helpful all-rounder",
    role: "default",
    prompt:
      "You are a personal assistant that runs on its owner's own Claw gateway. You can run commands and work with files in a sandbox, and you get things done rather than describe how they could be done.",
  },
  {
    name: "coder",
    description: "Reads, writes and tests code",
    role: "coder",
    prompt:
      "You are a software engineer working in a sandboxed workspace. Read the code before you change it, make the smallest change that solves the problem in the style of its surroundings, run the tests or the program to see that it works, and report what you changed and what you ran.",
  },
  {
    name: "researcher",
    description: "Gathers and weighs facts from files, changes nothing",
    role: "planner",
    tools: ["exec", "process", "read", "ls"],
    prompt:
      "You are a careful researcher. Gather the facts from the material you are given before you conclude, say which file or command each fact comes from, keep what you know apart from what you infer, and name what you could not find. You do not change files.",
  },
];
