import type { SessionRow } from "@claw/protocol";
import { type Command, InvalidArgumentError } from "commander";
import { connect } from "../connect.ts";
import { type GatewayFlags, withGatewayFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";
import { paint, print, printJson } from "../output.ts";
import { sessionTable } from "../session-table.ts";

interface SessionsFlags extends GatewayFlags {
  readonly agent?: string;
  readonly search?: string;
  readonly limit: number;
  readonly json?: true;
}

export function addSessions(program: Command): void {
  const command = program
    .command("sessions")
    .description("list conversations, last used first")
    .option("--agent <id>", "only those of this agent")
    .option("--search <text>", "only those whose title or key holds this text")
    .option("--limit <count>", "at most this many", count, 50)
    .option("--json", "print JSON");
  examples(withGatewayFlags(command), [
    ["claw sessions --search invoice", "find one"],
    ["claw sessions --json | jq -r '.sessions[].key'", "every key"],
  ]).action(async ({ agent, search, limit, json, ...flags }: SessionsFlags) => {
    using link = await connect(flags, { scopes: ["operator.read"] });
    const list = await link.client.request("sessions.list", {
      limit,
      ...(agent === undefined ? {} : { agentId: agent }),
      ...(search === undefined ? {} : { search }),
    });
    if (json) printJson(list);
    else showSessions(list.sessions, list.hasMore);
  });
}

function showSessions(sessions: readonly SessionRow[], hasMore: boolean): void {
  if (sessions.length === 0) print('No conversation found. "claw chat" begins one.');
  else print(sessionTable(sessions));
  if (hasMore) print(paint("dim", "There are more: raise --limit or narrow with --search."));
}

function count(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a number from 1 to 9999.");
}
