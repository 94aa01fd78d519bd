import type { SandboxesEnded, SandboxRow } from "@claw/protocol";
import { connect } from "../connect.ts";
import type { GatewayFlags } from "../gateway-flags.ts";
import { paint, print, printJson } from "../output.ts";
import { sessionKeyOf } from "../session-key.ts";
import { table } from "../table.ts";
import { ago } from "../text.ts";

const ADMIN = { scopes: ["operator.admin"] } as const;

/** Lists the sandboxes that the running gateway has now. */
export async function listSandboxes(flags: GatewayFlags, json: boolean): Promise<void> {
  using link = await connect(flags, ADMIN);
  const { sandboxes } = await link.client.request("sandbox.list", {});
  if (json) printJson(sandboxes);
  else print(sandboxes.length === 0 ? "There is no sandbox now; a tool call makes one." : sandboxTable(sandboxes));
}

export interface RecreateOptions {
  readonly agent?: string;
  readonly session?: string;
  readonly force?: true;
}

/** Ends sandboxes, so that the next tool call makes them anew. */
export async function recreateSandboxes(
  flags: GatewayFlags,
  { agent, session, force }: RecreateOptions,
  json: boolean,
): Promise<void> {
  using link = await connect(flags, ADMIN);
  const ended = await link.client.request("sandbox.recreate", {
    ...(session === undefined ? {} : { sessionKey: sessionKeyOf({ agent, session }, link.hello) }),
    ...(session === undefined && agent !== undefined ? { agentId: agent } : {}),
    ...(force === undefined ? {} : { force }),
  });
  if (json) printJson(ended);
  else printEnded(ended, "No sandbox matches.");
}

/** Ends the sandboxes that nothing uses. */
export async function pruneSandboxes(flags: GatewayFlags, json: boolean): Promise<void> {
  using link = await connect(flags, ADMIN);
  const ended = await link.client.request("sandbox.prune", {});
  if (json) printJson(ended);
  else printEnded(ended, "No sandbox is idle.");
}

function sandboxTable(rows: readonly SandboxRow[]): string {
  const now = Date.now();
  return table(
    [
      { head: "KEY", cell: ({ key }) => key, flexible: true, paint: (text) => paint("cyan", text) },
      { head: "BACKEND", cell: ({ backend }) => backend },
      { head: "ID", cell: ({ id = "being made" }) => id, flexible: true },
      { head: "LAST USED BY", cell: ({ sessionKey }) => sessionKey, flexible: true },
      { head: "CALLS", cell: ({ calls }) => (calls === 0 ? "idle" : String(calls)) },
      { head: "MADE", cell: ({ sinceMs }) => ago(now - sinceMs) },
    ],
    rows,
  );
}

function printEnded({ ended, waiting }: SandboxesEnded, none: string): void {
  if (ended.length + waiting.length === 0) print(none);
  for (const key of ended) print(`${paint("green", "ended")}    ${key}`);
  for (const key of waiting)
    print(`${paint("yellow", "in use")}   ${key}  ${paint("dim", "ends with its calls; --force ends it now")}`);
}
