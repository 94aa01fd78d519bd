import type { ApprovalRow } from "@claw/protocol";
import type { ReactElement } from "react";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { Scroller } from "../ui/scroller.tsx";
import type { AnsweredElsewhere } from "./answered-elsewhere.ts";
import { useAnswer } from "./use-approvals.ts";

export interface ApprovalCardProps {
  readonly row: ApprovalRow;
  /** It waits in the open chat. */
  readonly here: boolean;
  readonly onLate: (answered: AnsweredElsewhere) => void;
}

export function ApprovalCard({ row, here, onLate }: ApprovalCardProps): ReactElement {
  const { command, cwd, host, agentId, sessionKey, rule, reason } = row.request;
  const { mutate, isPending, error } = useAnswer(row, onLate);
  return (
    <article
      aria-label={`${agentId} asks for an approval`}
      className="rise space-y-2.5 rounded-xl border border-warn/50 bg-raised px-4 py-3 text-sm"
    >
      <p className="flex items-center gap-2 font-medium">
        <Icon name="alert" className="size-4 text-warn" /> {agentId} asks before it runs this
      </p>
      {/* Nothing of it is cut: what is shown is what would run. */}
      <Scroller label="What would run" className="max-h-48 overflow-auto rounded-lg bg-sunken px-3 py-2">
        <pre className="font-mono text-[13px] [overflow-wrap:anywhere] whitespace-pre-wrap">{command}</pre>
      </Scroller>
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-[13px] [overflow-wrap:anywhere] text-soft">
        {host === "gateway" && <Fact name="On" value="the host itself, without a sandbox" />}
        {cwd !== null && <Fact name="In" value={cwd} />}
        {!here && <Fact name="Chat" value={sessionKey} />}
        <Fact name="Rule" value={`${rule}: ${reason}`} />
        <Fact name="Until" value={new Date(row.expiresAtMs).toLocaleTimeString([], { timeStyle: "short" })} />
      </dl>
      {error !== null && <p className="text-bad">{error.message}</p>}
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" disabled={isPending} onClick={() => mutate("allow-once")}>
          Approve once
        </Button>
        <Button
          className="h-10"
          title="Every same call in this chat, from now on"
          disabled={isPending}
          onClick={() => mutate("allow-always")}
        >
          Always allow this
        </Button>
        <Button className="h-10" disabled={isPending} onClick={() => mutate("deny")}>
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
