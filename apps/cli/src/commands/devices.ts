import type { Command } from "commander";
import { connect, type Link } from "../connect.ts";
import { type GatewayFlags, withGatewayFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";
import { note, print, printJson } from "../output.ts";
import { oneLine } from "../text.ts";

/** Of devices that were paired for anything, so that any of them can be handled. */
const SCOPES = ["operator.admin"] as const;

interface DevicesFlags extends GatewayFlags {
  readonly json?: true;
}

export function addDevices(program: Command): void {
  const devices = program.command("devices").description("decide which devices may connect, and what they may do");

  const list = devices
    .command("list", { isDefault: true })
    .description("list devices that wait, and those that are paired")
    .option("--json", "print JSON");
  examples(withGatewayFlags(list), [
    ["claw devices", "who waits, and who is let in"],
    ["claw devices list --json | jq -r '.pending[].requestId'", "for scripts"],
  ]).action(async ({ json, ...flags }: DevicesFlags) => {
    using link = await connect(flags, { scopes: SCOPES });
    const found = await link.client.request("device.pair.list", {});
    if (json) return printJson(found);
    const { deviceTables } = await import("../device-tables.ts");
    print(deviceTables(found));
  });

  const change = (
    usage: string,
    description: string,
    run: (link: Link, ...values: readonly string[]) => Promise<string>,
  ): Command => {
    const command = withGatewayFlags(devices.command(usage).description(description));
    return command.action(async (...given: unknown[]) => {
      using link = await connect(command.opts<GatewayFlags>(), { scopes: SCOPES });
      note(await run(link, ...given.filter((value) => typeof value === "string")));
    });
  };

  change("approve <request>", "let a waiting device in for what it asks", async ({ client }, requestId = "") => {
    const { device } = await client.request("device.pair.approve", { requestId });
    return `Approved ${oneLine(device.displayName ?? device.deviceId)} for ${device.scopes.join(", ") || "no scope"}.`;
  });
  change("reject <request>", "turn a waiting device away", async ({ client }, requestId = "") => {
    const { deviceId } = await client.request("device.pair.reject", { requestId });
    return `Rejected ${deviceId}.`;
  });
  change("remove <device>", "forget a device and close its connections", async ({ client }, deviceId = "") => {
    await client.request("device.pair.remove", { deviceId });
    return `Removed ${deviceId}. If it knows the gateway's token it can pair again: change that too.`;
  });
  change("rename <device> <name>", "give a device a name", async ({ client }, deviceId = "", label = "") => {
    const renamed = await client.request("device.pair.rename", { deviceId, label });
    return `Renamed ${deviceId} to ${oneLine(renamed.label)}.`;
  });
  change("rotate <device> [role]", "replace a device's token; it fetches the new one", async ({ client }, ...named) => {
    const [deviceId = "", role = "operator"] = named;
    const { scopes } = await client.request("device.token.rotate", { deviceId, role });
    return `Rotated the ${role} token of ${deviceId}, for ${scopes.join(", ") || "no scope"}.`;
  });
  change("revoke <device> [role]", "take a device's token away; it has to ask again", async ({ client }, ...named) => {
    const [deviceId = "", role = "operator"] = named;
    await client.request("device.token.revoke", { deviceId, role });
    return `Revoked the ${role} token of ${deviceId}.`;
  });
}
