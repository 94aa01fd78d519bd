import type { Command } from "commander";
import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";
import { type GatewayFlags, type StateFlags, withGatewayFlags, withStateFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";
import type { BuildOptions } from "../sandbox/build.ts";
import type { RecreateOptions } from "../sandbox/held.ts";

interface ExplainFlags extends GatewayFlags {
  readonly agent?: string;
  readonly session?: string;
  readonly json?: true;
}

interface RecreateFlags extends GatewayFlags, RecreateOptions {
  readonly all?: true;
  readonly json?: true;
}

interface BuildCommandOptions extends BuildOptions, StateFlags {
  readonly with?: string;
  readonly agent?: string;
}

export function addSandbox(program: Command): void {
  const sandbox = program.command("sandbox").description("where agents run commands, and what it protects from");

  const explain = sandbox
    .command("explain", { isDefault: true })
    .description("say which sandbox is in use, what it can't do, and how to change it")
    .option("--agent <id>", "for this agent (the default agent)")
    .option("--session <key>", "for this session (the main one)")
    .option("--json", "print JSON");
  examples(withGatewayFlags(explain), [
    ["claw sandbox explain", "as the running gateway says, else as this machine would allow"],
    ["claw sandbox explain --agent coder --session notes", "of one session"],
  ]).action(async ({ agent, session, json, ...flags }: ExplainFlags) => {
    const { explainSandbox } = await import("../sandbox/explain.ts");
    await explainSandbox(flags, { agent, session, json: json ?? false });
  });

  const list = sandbox
    .command("list")
    .description("list the sandboxes that the running gateway has now")
    .option("--json", "print JSON");
  examples(withGatewayFlags(list), [["claw sandbox list", "who uses which, and since when"]]).action(
    async ({ json, ...flags }: GatewayFlags & { readonly json?: true }) => {
      const { listSandboxes } = await import("../sandbox/held.ts");
      await listSandboxes(flags, json ?? false);
    },
  );

  const recreate = sandbox
    .command("recreate")
    .description("end sandboxes: the next tool call makes them anew, workspaces stay")
    .option("--agent <id>", "those of this agent")
    .option("--session <key>", "that of this session")
    .option("--all", "every one")
    .option("--force", "also under a command, which is told that its outcome is unknown")
    .option("--json", "print JSON");
  examples(withGatewayFlags(recreate), [
    ["claw sandbox recreate --all", "after a change of the configuration or the image"],
    ["claw sandbox recreate --session main --force", "one that hangs"],
  ]).action(async ({ agent, session, all, force, json, ...flags }: RecreateFlags) => {
    if (all === undefined && agent === undefined && session === undefined) {
      throw new CommandError(EXIT_CODES.usage, "Say which: --session KEY, --agent ID or --all.");
    }
    const { recreateSandboxes } = await import("../sandbox/held.ts");
    await recreateSandboxes(
      flags,
      { ...(agent && { agent }), ...(session && { session }), ...(force && { force }) },
      json ?? false,
    );
  });

  const prune = sandbox
    .command("prune")
    .description("end the sandboxes that nothing uses")
    .option("--json", "print JSON");
  examples(withGatewayFlags(prune), [["claw sandbox prune", "give their memory back now"]]).action(
    async ({ json, ...flags }: GatewayFlags & { readonly json?: true }) => {
      const { pruneSandboxes } = await import("../sandbox/held.ts");
      await pruneSandboxes(flags, json ?? false);
    },
  );

  const doctor = sandbox
    .command("doctor")
    .description("check what sandboxes need on this machine, and what the configuration opens")
    .option("--json", "print JSON");
  examples(withStateFlags(doctor), [["claw sandbox doctor", "ends with 1 when something is wrong"]]).action(
    async ({ json, ...flags }: StateFlags & { readonly json?: true }) => {
      const { sandboxDoctor } = await import("../sandbox/doctor.ts");
      await sandboxDoctor(flags, json ?? false);
    },
  );

  const build = sandbox
    .command("build")
    .description("build the image that the docker backend runs commands in")
    .option("--rootfs <file>", "from this Debian root file system (.tar, .tar.gz, .tar.zst): pulls nothing")
    .option("--with <names>", "add runtimes: go, rust, bun, npm, pip, separated by commas")
    .option("--agent <id>", "do the setup that this agent's configuration names")
    .option("--tag <name>", "name of the image")
    .option("--engine <address>", "Docker engine, like unix:///var/run/docker.sock (DOCKER_HOST)");
  examples(withStateFlags(build), [
    ["claw sandbox build", "from the public Debian image"],
    ["claw sandbox build --rootfs rootfs.tar", "without a registry"],
    ["claw sandbox build --with go,rust --tag tools:1", "what sandbox.docker.image can name"],
  ]).action(async (options: BuildCommandOptions) => {
    const { buildImage } = await import("../sandbox/build.ts");
    const { with: names, agent, ...rest } = options;
    if (names === undefined && agent === undefined) return buildImage(rest);
    const { buildSetup } = await import("../sandbox/build-setup.ts");
    return buildSetup(rest, { ...rest, names, agent });
  });
}
