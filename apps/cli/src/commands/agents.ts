import type { Command } from "commander";
import { connect } from "../connect.ts";
import { type GatewayFlags, withGatewayFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";
import { paint, print, printJson } from "../output.ts";
import { table } from "../table.ts";

export function addAgents(program: Command): void {
  const command = program.command("agents").description("list agents").option("--json", "print JSON");
  examples(withGatewayFlags(command), [
    ["claw agents", "who answers"],
    ['claw agent --agent coder -m "Hello"', "ask one of them"],
  ]).action(async ({ json, ...flags }: GatewayFlags & { readonly json?: true }) => {
    using link = await connect(flags, { scopes: ["operator.read"] });
    const list = await link.client.request("agents.list", {});
    if (json) return printJson(list);
    print(
      table(
        [
          { head: "AGENT", cell: ({ id }) => id, flexible: true, paint: (text) => paint("cyan", text) },
          { head: "NAME", cell: ({ id, name = id }) => (name === id ? "" : name), flexible: true },
          { head: "ABOUT", cell: ({ description }) => description ?? "", flexible: true },
          { head: "MODEL", cell: ({ model }) => model?.primary ?? "", flexible: true },
          { head: "WORKSPACE", cell: ({ workspace }) => workspace ?? "", flexible: true },
          {
            head: "",
            cell: ({ id }) => (id === list.defaultId ? "default" : ""),
            paint: (text) => paint("green", text),
          },
        ],
        list.agents,
      ),
    );
  });
}
