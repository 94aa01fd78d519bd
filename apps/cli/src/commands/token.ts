import type { Command } from "commander";
import { type StateFlags, withStateFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";

interface RotateFlags extends StateFlags {
  readonly overlap: string;
}

const load = () => import("../token/token-commands.ts");

export function addToken(program: Command): void {
  const token = program.command("token").description("the secret that lets clients into the gateway of this machine");
  const add = (name: string, description: string): Command =>
    withStateFlags(token.command(name).description(description)).optionsGroup("Options:");

  examples(add("show", "print the token"), [["claw token show | wl-copy", "into the clipboard"]]).action(
    async (flags: StateFlags) => (await load()).showToken(flags),
  );

  examples(
    add("rotate", "make a new token and print it; a running gateway uses it at once").option(
      "--overlap <time>",
      "how long the token before still works, like 30s, 10m, 2h or 0",
      "10m",
    ),
    [
      ["claw token rotate", "clients have ten minutes to change over"],
      ["claw token rotate --overlap 0", "the token leaked: end it now"],
    ],
  ).action(async (flags: RotateFlags) => (await load()).rotateToken(flags));

  token
    .command("hash")
    .description("print the hash of a password, to stand in gateway.auth.password instead of it")
    .action(async () => (await load()).hashSecret());
}
