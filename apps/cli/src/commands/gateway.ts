import type { Command } from "commander";
import { CommandError } from "../failure.ts";
import { type StateFlags, withStateFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";

interface RunFlags extends StateFlags {
  readonly port?: string;
  readonly token?: string;
  readonly open: boolean;
  readonly lastGood: boolean;
  readonly safeMode?: boolean;
}

export function addGateway(program: Command): void {
  const gateway = program.command("gateway").description("run the gateway on this machine");
  const run = gateway
    .command("run", { isDefault: true })
    .description("run the gateway in the foreground until Ctrl-C")
    .option("--port <port>", "listen on this port instead of gateway.port (CLAW_GATEWAY_PORT)")
    .option("--token <token>", "token of this run; safer in CLAW_GATEWAY_TOKEN, process lists show flags")
    .option("--safe-mode", "start with channels off and unfinished turns waiting")
    .option("--no-safe-mode", "start normally, also after a crash loop")
    .option("--no-last-good", "with a mistake in the configuration do not start with the last version that worked")
    .option("--no-open", "do not open the Control UI in a browser");
  examples(withStateFlags(run), [
    ["claw gateway run", "with ~/.openclaw, made on the first start"],
    ["claw gateway run --profile work --port 18900", "a second one beside it"],
  ]).action(async (flags: RunFlags) => {
    const { runGateway } = await import("claw-gateway");
    const exitCode = await runGateway({ env: process.env, flags });
    // It has told why by itself.
    if (exitCode !== 0) throw new CommandError(exitCode, "");
  });
}
