import { Fragment, memo, type ReactElement, useId, useState } from "react";
import { useWaits } from "../approvals/use-approvals.ts";
import type { ToolCallState } from "../conversation/conversation.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { formatMs } from "../ui/format.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import { Scroller } from "../ui/scroller.tsx";
import { type ToolFacts, toolFacts } from "./tool-facts.ts";
import { ToolOutput } from "./tool-output.tsx";

export interface ToolCardProps {
  readonly call: ToolCallState;
  /** The run is under way, so a call without a result is running and not lost. */
  readonly live: boolean;
}

/** What the agent did with a tool: what it asked for, what came out, and how it ended. */
export const ToolCard = memo(function ToolCard({ call, live }: ToolCardProps): ReactElement {
  // What is asked is read and answered below the chat.
  const [open, setOpen] = useState(call.name !== "ask_user");
  const bodyId = useId();
  const facts = toolFacts(call);
  return (
    <section aria-label={`Tool ${call.name}`} className="rise overflow-hidden rounded-xl border bg-raised text-sm">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={bodyId}
        onClick={() => setOpen(!open)}
        className="flex w-full items-center gap-2.5 px-3.5 py-2.5 text-left -outline-offset-2 hover:bg-panel"
      >
        <Icon name={iconOf(call.name)} className="size-4 text-soft" />
        <span className="font-medium">{call.name}</span>
        <span className="min-w-0 flex-1 truncate font-mono text-[13px] text-soft">{!open && facts.subject}</span>
        <Outcome call={call} facts={facts} live={live} />
        <Icon name="chevron" className={`size-3.5 text-soft transition-transform ${open ? "rotate-90" : ""}`} />
      </button>
      {open && (
        <div id={bodyId} className="border-t">
          {facts.command !== undefined && <Command text={facts.command} />}
          {facts.otherArguments.length > 0 && <Arguments entries={facts.otherArguments} />}
          <ToolOutput call={call} />
        </div>
      )}
    </section>
  );
});

function Outcome({ call, facts, live }: ToolCardProps & { readonly facts: ToolFacts }): ReactElement {
  const { exitCode, durationMs, timedOut } = facts;
  if (call.state === "running" && !live) return <span className="text-soft">no result</span>;
  if (call.state === "running") return <UnderWay call={call} />;
  const failed = call.state === "failed" || (exitCode ?? 0) !== 0;
  const ended = timedOut ? "timed out" : exitCode !== undefined ? `exit ${exitCode}` : failed ? "failed" : "done";
  return (
    <span className="inline-flex shrink-0 items-center gap-2 text-[13px] tabular-nums">
      <span className={`inline-flex items-center gap-1 ${failed ? "text-bad" : "text-good"}`}>
        <Icon name={failed ? "cross" : "check"} className="size-3.5" /> {ended}
      </span>
      {durationMs !== undefined && <span className="text-soft">{formatMs(durationMs)}</span>}
    </span>
  );
}

function UnderWay({ call: { callId, name } }: Pick<ToolCardProps, "call">): ReactElement {
  const waits = useWaits(callId);
  const asks = name === "ask_user";
  return (
    <span className="inline-flex items-center gap-1.5 text-warn">
      <Icon name={waits || asks ? "clock" : "spinner"} className={`size-3.5 ${waits || asks ? "" : "turn"}`} />
      {waits ? "waits for approval" : asks ? "waits for an answer" : "running"}
    </span>
  );
}

function Command({ text }: { readonly text: string }): ReactElement {
  return (
    <div className="flex items-start gap-2 py-1.5 pr-1.5 pl-3.5">
      <pre className="min-w-0 flex-1 py-1 font-mono text-[13px] leading-relaxed whitespace-pre-wrap [overflow-wrap:anywhere]">
        <span aria-hidden="true" className="text-accent select-none">
          ${" "}
        </span>
        {text}
      </pre>
      <CopyButton text={text} what="command" />
    </div>
  );
}

function Arguments({ entries }: { readonly entries: ToolFacts["otherArguments"] }): ReactElement {
  return (
    <Scroller label="Arguments" className="max-h-56 overflow-auto px-3.5 py-2">
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-[13px]">
        {entries.map(([name, value]) => (
          <Fragment key={name}>
            <dt className="text-soft">{name}</dt>
            <dd className="font-mono whitespace-pre-wrap [overflow-wrap:anywhere]">{value}</dd>
          </Fragment>
        ))}
      </dl>
    </Scroller>
  );
}

function iconOf(name: string): IconName {
  if (/exec|bash|shell|process|run/.test(name)) return "terminal";
  return /read|write|edit|file|patch|list/.test(name) ? "file" : "tool";
}
