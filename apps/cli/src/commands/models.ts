import type { Command } from "commander";
import { connect } from "../connect.ts";
import { type GatewayFlags, withGatewayFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";
import { paint, print, printJson } from "../output.ts";
import { table } from "../table.ts";

export function addModels(program: Command): void {
  const command = program
    .command("models")
    .description("list models, what they are used for, and whether they can be used")
    .option("--json", "print JSON");
  examples(withGatewayFlags(command), [
    ["claw models", "what there is"],
    ["claw config set agents.defaults.model openai/gpt-5", "use another one"],
  ]).action(async ({ json, ...flags }: GatewayFlags & { readonly json?: true }) => {
    using link = await connect(flags, { scopes: ["operator.read"] });
    const list = await link.client.request("models.list", {});
    if (json) return printJson(list);
    if (list.models.length === 0)
      return print("No model is configured. Set agents.defaults.model and a provider's key.");
    print(
      table(
        [
          {
            head: "MODEL",
            cell: ({ provider, id }) => `${provider}/${id}`,
            flexible: true,
            paint: (text) => paint("cyan", text),
          },
          { head: "NAME", cell: ({ name, id }) => (name === id ? "" : name), flexible: true },
          { head: "USED AS", cell: ({ tags }) => tags.join(", "), flexible: true },
          { head: "CONTEXT", cell: ({ contextWindow }) => (contextWindow === undefined ? "" : tokens(contextWindow)) },
          {
            head: "STATE",
            cell: ({ available }) => (available ? "ready" : "no key"),
            paint: (text) => paint(text === "ready" ? "green" : "yellow", text),
          },
        ],
        list.models,
      ),
    );
  });
}

function tokens(count: number): string {
  return count >= 1_000_000 ? `${Number((count / 1_000_000).toFixed(1))}M` : `${Math.round(count / 1_000)}k`;
}
