import type { ApprovalRow } from "@claw/protocol";
import type { ReactElement } from "react";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { useAnswer, useApprovals } from "./use-approvals.ts";

/** What agents wait to be allowed, wherever they wait: an answer must not depend on which chat is open. */
export function ApprovalCards({ sessionKey }: { readonly sessionKey: string }): ReactElement | null {
  const approvals = useApprovals();
  if (approvals.length === 0) return null;
  return (
    <section
      aria-label="Approvals"
      className="mx-auto max-h-[45dvh] w-full max-w-3xl space-y-2 overflow-y-auto px-4 pb-2"
    >
      {approvals.map((row) => (
        <ApprovalCard key={row.id} row={row} here={row.request.sessionKey === sessionKey} />
      ))}
    </section>
  );
}

function ApprovalCard({ row, here }: { readonly row: ApprovalRow; readonly here: boolean }): ReactElement {
  const { command, cwd, agentId, sessionKey, rule, reason } = row.request;
  const { mutate, isPending, error } = useAnswer();
  const answer = (decision: "allow-once" | "deny") => () => mutate({ id: row.id, decision });
  return (
    <article
      aria-label={`${agentId} asks for an approval`}
      className="rise space-y-2.5 rounded-xl border border-warn/50 bg-raised px-4 py-3 text-sm"
    >
      <p className="flex items-center gap-2 font-medium">
        <Icon name="alert" className="size-4 text-warn" /> {agentId} asks before it runs this
      </p>
      {/* Nothing of it is cut: what is shown is what would run. */}
      <pre className="max-h-48 overflow-auto rounded-lg bg-sunken px-3 py-2 font-mono text-[13px] [overflow-wrap:anywhere] whitespace-pre-wrap">
        {command}
      </pre>
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-[13px] [overflow-wrap:anywhere] text-soft">
        {cwd !== null && <Fact name="In" value={cwd} />}
        {!here && <Fact name="Chat" value={sessionKey} />}
        <Fact name="Rule" value={`${rule}: ${reason}`} />
        <Fact name="Until" value={new Date(row.expiresAtMs).toLocaleTimeString()} />
      </dl>
      {error !== null && <p className="text-bad">{error.message}</p>}
      <div className="flex gap-2">
        <Button kind="primary" disabled={isPending} onClick={answer("allow-once")}>
          Approve once
        </Button>
        <Button disabled={isPending} onClick={answer("deny")}>
          Deny
        </Button>
      </div>
    </article>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }): ReactElement {
  return (
    <>
      <dt>{name}</dt>
      <dd className="text-ink">{value}</dd>
    </>
  );
}
