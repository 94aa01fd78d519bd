import { setTimeout as delay } from "node:timers/promises";
import { type Command, InvalidArgumentError } from "commander";
import { connect } from "../connect.ts";
import { type GatewayFlags, withGatewayFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";
import { logLine } from "../log-line.ts";
import { paint, print } from "../output.ts";

interface LogsFlags extends GatewayFlags {
  readonly limit: number;
  readonly follow?: true;
  readonly json?: true;
}

const POLL_MS = 1_000;

export function addLogs(program: Command): void {
  const command = program
    .command("logs")
    .description("show the gateway's log, newest last")
    .option("-n, --limit <count>", "at most this many lines", lines, 200)
    .option("-f, --follow", "go on as the log grows; Ctrl-C ends it")
    .option("--json", "print the lines as they are, one JSON object each");
  examples(withGatewayFlags(command), [
    ["claw logs --follow", "watch"],
    ["claw logs --json | jq -r 'select(.level >= 40).msg'", "warnings and errors"],
  ]).action(async ({ limit, follow, json, ...flags }: LogsFlags) => {
    using link = await connect(flags, { scopes: ["operator.admin"] });
    let cursor: number | undefined;
    do {
      const tail = await link.client.request("logs.tail", { limit, ...(cursor === undefined ? {} : { cursor }) });
      if (cursor === undefined && !json) print(paint("dim", `${tail.file}${tail.truncated ? ", its end" : ""}`));
      for (const line of tail.lines) print(json ? line : logLine(line));
      cursor = tail.cursor;
      if (follow) await delay(POLL_MS);
    } while (follow);
  });
}

function lines(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= 5_000) return Number(text);
  throw new InvalidArgumentError("Expected a number from 1 to 5000.");
}
