import type { Command } from "commander";
import { connect } from "../connect.ts";
import { type GatewayFlags, type StateFlags, withGatewayFlags, withStateFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";
import { paint, print, printJson } from "../output.ts";
import { table } from "../table.ts";

export function addUsers(program: Command): void {
  const users = program.command("users").description("people who share the gateway");
  const list = users.command("list").description("who they are and what each may do").option("--json", "print JSON");
  examples(withGatewayFlags(list), [["claw users list", "everybody, for an admin; oneself for anybody else"]]).action(
    async ({ json, ...flags }: GatewayFlags & { readonly json?: true }) => {
      using link = await connect(flags, { scopes: ["operator.admin", "operator.read"] });
      const answer = await link.client.request("users.list", {});
      if (json) return printJson(answer);
      print(
        table(
          [
            { head: "USER", cell: ({ id }) => id, flexible: true, paint: (text) => paint("cyan", text) },
            { head: "NAME", cell: ({ name }) => name ?? "", flexible: true },
            { head: "ROLE", cell: ({ role }) => role },
            { head: "MAY", cell: ({ scopes }) => scopes.join(", "), flexible: true },
            { head: "SESSIONS", cell: ({ sessions }) => String(sessions) },
          ],
          answer.users,
        ),
      );
    },
  );

  const password = users
    .command("password [user]")
    .description("ask for a password and keep its hash as the user's, or print the hash");
  examples(withStateFlags(password), [
    ["claw users password ada", "write it to users.ada.password; a running gateway takes it on"],
    ["claw users password", "print it, for a configuration that is elsewhere"],
  ]).action(async (user: string | undefined, flags: StateFlags) =>
    (await import("../users/user-password.ts")).setPassword(user, flags),
  );
}
