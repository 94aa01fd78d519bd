import type { ImageSetup } from "@claw/sandbox-docker";
import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";
import type { StateFlags } from "../gateway-flags.ts";
import { print } from "../output.ts";
import { type BuildOptions, buildShown } from "./build.ts";
import { configuredAgent } from "./settings.ts";

export interface BuildSetupFlags extends BuildOptions {
  /** Of runtimes, with commas. */
  readonly names: string | undefined;
  readonly agent: string | undefined;
}

interface Wanted {
  readonly command: string;
  readonly allow: readonly string[];
  readonly image?: string;
  readonly tag?: string;
}

/** Adds runtimes to the sandbox image, or does the setup of an agent ahead of its first sandbox. */
export async function buildSetup(flags: StateFlags, options: BuildSetupFlags): Promise<void> {
  const { names, agent, rootfs, tag, ...build } = options;
  if (names !== undefined && agent !== undefined) {
    throw new CommandError(
      EXIT_CODES.usage,
      "Give --with or --agent: an agent's setup is what its configuration says.",
    );
  }
  if (rootfs !== undefined) {
    throw new CommandError(EXIT_CODES.usage, "Build the image with --rootfs first, and then add to it without.");
  }
  const wanted = names === undefined ? await ofAgent(flags, agent) : await ofRuntimes(names);
  if (wanted === undefined) return print("Its configuration names no sandbox.docker.setupCommand: nothing to do.");
  const { command, allow, ...image } = { ...wanted, ...(tag === undefined ? {} : { tag }) };
  const { egressNetwork } = await import("@claw/egress-proxy");
  const rules = { allow, ask: false };
  const network = allow.length === 0 ? "none" : egressNetwork({ name: "setup", rules });
  const setup: ImageSetup = { command, allow, network };
  const { buildSetupImage } = await import("@claw/sandbox-docker");
  await buildShown(options.engine, (shown) => buildSetupImage({ ...build, ...image, ...shown, setup }));
}

async function ofAgent(flags: StateFlags, id: string | undefined): Promise<Wanted | undefined> {
  const { docker } = (await configuredAgent(flags, id)).agent.sandbox;
  const { image, setupCommand: command, setupAllow: allow = [] } = docker;
  return command === undefined ? undefined : { command, allow, ...(image === undefined ? {} : { image }) };
}

async function ofRuntimes(text: string): Promise<Wanted> {
  const { runtimes } = await import("@claw/sandbox-docker");
  const names = text.split(",").map((name) => name.trim());
  const recipes = names.map((name) => {
    const recipe = runtimes[name];
    if (recipe !== undefined) return recipe;
    const known = Object.keys(runtimes).join(", ");
    throw new CommandError(EXIT_CODES.usage, `There is no runtime "${name}"; there is ${known}.`);
  });
  return {
    command: recipes.map(({ command }) => command).join(" && "),
    allow: [...new Set(recipes.flatMap(({ allow }) => allow))],
    tag: `claw-sandbox:${names.join("-")}`,
  };
}
