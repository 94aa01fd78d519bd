import type { CostTotals } from "@claw/protocol";
import { type Command, InvalidArgumentError } from "commander";
import { connect } from "../connect.ts";
import { type GatewayFlags, withGatewayFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";
import { paint, print, printJson } from "../output.ts";
import { type Column, table } from "../table.ts";
import { oneLine } from "../text.ts";

interface UsageFlags extends GatewayFlags {
  readonly days: number;
  readonly json?: true;
}

export function addUsage(program: Command): void {
  const command = program
    .command("usage")
    .description("see what models were used, and what they cost")
    .option("--days <count>", "up to today", days, 30)
    .option("--json", "print JSON");
  examples(withGatewayFlags(command), [
    ["claw usage --days 7", "this week"],
    ["claw usage --json | jq .totals.totalCost", "dollars"],
  ]).action(async ({ days, json, ...flags }: UsageFlags) => {
    using link = await connect(flags, { scopes: ["operator.admin"] });
    const cost = await link.client.request("usage.cost", { days });
    if (json) return printJson(cost);
    if (cost.daily.length === 0) return print(`No model was used in the last ${days} days.`);
    print(
      table(columns("Day"), [
        ...cost.daily.map((day) => ({ name: day.date, ...day })),
        { name: "Total", ...cost.totals },
      ]),
    );
    print("");
    print(
      table(
        columns("Model"),
        cost.byModel.map((row) => ({ name: `${row.provider}/${row.model}`, ...row })),
      ),
    );
    print("");
    print(paint("dim", `Prices of ${cost.prices.date} (${oneLine(cost.prices.source)}).`));
    if (cost.totals.missingCostEntries > 0) {
      print(paint("yellow", "Some models have no price here; set models.providers.<id>.models[].cost to count them."));
    }
  });
}

type Row = CostTotals & { readonly name: string };

const tokens = (count: number): string => count.toLocaleString("en");

function columns(head: string): readonly Column<Row>[] {
  return [
    { head, cell: ({ name }) => name, flexible: true },
    { head: "Tokens read", cell: ({ input, cacheRead, cacheWrite }) => tokens(input + cacheRead + cacheWrite) },
    { head: "written", cell: ({ output }) => tokens(output) },
    { head: "Cost", cell: dollars },
  ];
}

function dollars({ totalCost, missingCostEntries }: Row): string {
  if (totalCost === 0 && missingCostEntries > 0) return "unknown";
  return `$${totalCost.toFixed(totalCost < 1 ? 4 : 2)}${missingCostEntries > 0 ? " and more" : ""}`;
}

function days(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= 3_650) return Number(text);
  throw new InvalidArgumentError("Expected a number from 1 to 3650.");
}
