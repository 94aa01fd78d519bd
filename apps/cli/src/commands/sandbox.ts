import type { Command } from "commander";
import { type GatewayFlags, withGatewayFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";

export function addSandbox(program: Command): void {
  const sandbox = program.command("sandbox").description("where agents run commands, and what it protects from");

  const explain = sandbox
    .command("explain", { isDefault: true })
    .description("say which sandbox is in use, what it can't do, and how to change it")
    .option("--agent <id>", "for this agent (the default agent)")
    .option("--json", "print JSON");
  examples(withGatewayFlags(explain), [
    ["claw sandbox explain", "as the running gateway says, else as this machine would allow"],
  ]).action(async ({ agent, json, ...flags }: GatewayFlags & { readonly agent?: string; readonly json?: true }) => {
    const { explainSandbox } = await import("../sandbox/explain.ts");
    await explainSandbox(flags, { agent, json: json ?? false });
  });

  const build = sandbox
    .command("build")
    .description("build the image that the docker backend runs commands in")
    .option("--rootfs <file>", "from this Debian root file system (.tar, .tar.gz, .tar.zst): pulls nothing")
    .option("--tag <name>", "name of the image")
    .option("--engine <address>", "Docker engine, like unix:///var/run/docker.sock (DOCKER_HOST)");
  examples(build, [
    ["claw sandbox build", "from the public Debian image"],
    ["claw sandbox build --rootfs rootfs.tar", "without a registry"],
  ]).action(async (options: { readonly rootfs?: string; readonly tag?: string; readonly engine?: string }) => {
    const { buildImage } = await import("../sandbox/build.ts");
    await buildImage(options);
  });
}
