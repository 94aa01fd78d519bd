import type { Command } from "commander";
import { type GatewayFlags, withGatewayFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";

export function addLogin(program: Command): void {
  const login = program
    .command("login")
    .description("make this command line a device of its own, which can be shut out alone")
    .option("--user <id>", "sign in with this user's password, which is asked for");
  examples(withGatewayFlags(login), [
    ["claw login", "with the gateway's token, from here on without it"],
    ["claw login --user ada --url wss://claw.example.com", "as a user of a gateway elsewhere"],
  ]).action(async (flags: GatewayFlags & { readonly user?: string }) =>
    (await import("../login/login-commands.ts")).logIn(flags),
  );

  const logout = program.command("logout").description("forget what login has kept");
  examples(withGatewayFlags(logout), [["claw logout", "back to the token of this machine"]]).action(
    async (flags: GatewayFlags) => (await import("../login/login-commands.ts")).logOut(flags),
  );
}
