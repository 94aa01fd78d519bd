import type { ApprovalRow } from "@claw/protocol";
import type { Command } from "commander";
import { connect } from "../connect.ts";
import { type GatewayFlags, withGatewayFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";
import { facts, paint, print, printJson } from "../output.ts";
import { table } from "../table.ts";
import { ago } from "../text.ts";

type Flags = GatewayFlags & { readonly json?: true };

const SCOPES = { scopes: ["operator.approvals"] } as const;

export function addApprovals(program: Command): void {
  const approvals = program.command("approvals").description("see what agents wait to be allowed, and answer");

  const list = approvals
    .command("list", { isDefault: true })
    .description("list what waits for an answer")
    .option("--all", "with those that have been answered")
    .option("--json", "print JSON");
  examples(withGatewayFlags(list), [["claw approvals list --all", "with who answered"]]).action(
    async ({ json, all, ...flags }: Flags & { readonly all?: true }) => {
      using link = await connect(flags, SCOPES);
      const rows = all
        ? (await link.client.request("approval.history", {})).items
        : await link.client.request("exec.approval.list", {});
      if (json) printJson(rows);
      else if (rows.length === 0) print("Nothing waits for an approval.");
      else print(approvalTable(rows));
    },
  );

  const show = approvals
    .command("show")
    .argument("<id>", "of the approval")
    .description("show exactly what would run, for whom, and which rule asks")
    .option("--json", "print JSON");
  examples(withGatewayFlags(show), [["claw approvals show 4f1c…", "everything about one"]]).action(
    async (id: string, { json, ...flags }: Flags) => {
      using link = await connect(flags, SCOPES);
      const row = await link.client.request("exec.approval.get", { id });
      if (json) printJson(row);
      else print(details(row));
    },
  );

  const approve = approvals
    .command("approve")
    .argument("<id>", "of the approval")
    .description("let it run, once")
    .option("--always", "and every same call of the same session from now on")
    .option("--json", "print JSON");
  examples(withGatewayFlags(approve), [["claw approvals approve 4f1c…", "let this one call run"]]).action(
    (id: string, { always, ...flags }: Flags & { readonly always?: true }) =>
      answer(id, always ? "allow-always" : "allow-once", flags),
  );

  const deny = approvals
    .command("deny")
    .argument("<id>", "of the approval")
    .description("refuse it; the agent is told")
    .option("--json", "print JSON");
  examples(withGatewayFlags(deny), [["claw approvals deny 4f1c…", "let it not run"]]).action(
    (id: string, flags: Flags) => answer(id, "deny", flags),
  );
}

async function answer(
  id: string,
  decision: "allow-once" | "allow-always" | "deny",
  { json, ...flags }: Flags,
): Promise<void> {
  using link = await connect(flags, SCOPES);
  const resolved = await link.client.request("exec.approval.resolve", { id, decision });
  if (json) printJson(resolved);
  else print(decision === "deny" ? `Denied ${id}.` : `Approved ${id}.`);
}

function approvalTable(rows: readonly ApprovalRow[]): string {
  const now = Date.now();
  return table(
    [
      { head: "ID", cell: ({ id }) => id, paint: (text) => paint("cyan", text) },
      { head: "WOULD RUN", cell: ({ request }) => request.command, flexible: true },
      { head: "AGENT", cell: ({ request }) => request.agentId },
      { head: "RULE", cell: ({ request }) => request.rule, flexible: true },
      { head: "ASKED", cell: ({ createdAtMs }) => ago(now - createdAtMs) },
      { head: "ANSWER", cell: answerOf, paint: (text) => paint("yellow", text) },
    ],
    rows,
  );
}

function details(row: ApprovalRow): string {
  const { command, cwd, host, agentId, sessionKey, runId, requestedBy, rule, reason, digest } = row.request;
  return facts([
    ["would run", ...command.split("\n")],
    ...(host === "gateway" ? [["on", paint("red", "the host itself, without a sandbox")] as const] : []),
    ...(cwd === null ? [] : [["in", cwd] as const]),
    ["agent", agentId],
    ["session", sessionKey],
    ...(runId === undefined ? [] : [["run", runId] as const]),
    ["for", requestedBy],
    ["rule", `${rule}: ${reason}`],
    ["digest", digest],
    ["asked", new Date(row.createdAtMs).toISOString()],
    ["until", new Date(row.expiresAtMs).toISOString()],
    ["answer", answerOf(row) || "waits for one"],
  ]);
}

function answerOf({ decision, resolvedBy }: ApprovalRow): string {
  if (decision === null) return "";
  return resolvedBy === undefined ? "denied for want of an answer" : `${decision} by ${resolvedBy}`;
}
