import type { Command } from "commander";
import { connect } from "../connect.ts";
import { type GatewayFlags, withGatewayFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";
import { print, printJson } from "../output.ts";

export function addSafeMode(program: Command): void {
  const safeMode = program.command("safe-mode").description("lead the gateway out of safe mode");
  const off = safeMode
    .command("off")
    .description("start channels, and let unfinished turns go on")
    .option("--json", "print JSON");
  examples(withGatewayFlags(off), [
    ["claw status", "see why the gateway is in safe mode, and what waits"],
    ["claw safe-mode off", "leave it"],
  ]).action(async ({ json, ...flags }: GatewayFlags & { readonly json?: true }) => {
    using link = await connect(flags, { scopes: ["operator.admin"] });
    const answer = await link.client.request("safe-mode.off", {});
    if (json) return printJson(answer);
    if (!answer.left) return print("The gateway is not in safe mode.");
    print(`Safe mode is off: channels start. Unfinished turns that go on: ${answer.resumed}.`);
  });
}
