import type { ChatPhase } from "@claw/protocol";
import type { ReactElement, ReactNode } from "react";
import type { Turn } from "../conversation/conversation.ts";
import type { ConversationStore } from "../conversation/conversation-store.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";

export interface TurnNoticeProps {
  readonly turn: Turn;
  readonly store: ConversationStore;
}

/** How a turn stands, where its words don't say it. */
export function TurnNotice({ turn, store }: TurnNoticeProps): ReactElement | null {
  const { status, reason, key } = turn;
  switch (status) {
    case "waiting":
      return (
        <Aside icon="clock">
          Not sent yet: it goes out when the gateway is back.
          <Button kind="ghost" onClick={() => store.discard(key)}>
            Discard
          </Button>
        </Aside>
      );
    case "refused":
      return (
        <Failure title="The gateway did not take this message." reason={reason}>
          <Button onClick={() => store.retry(key)}>Send again</Button>
          <Button kind="ghost" onClick={() => store.discard(key)}>
            Discard
          </Button>
        </Failure>
      );
    case "working":
      return <Working turn={turn} />;
    case "error":
      return <Failure title="This run failed." reason={reason} />;
    case "aborted":
      return (
        <p className="flex items-center gap-2 text-[13px] text-soft">
          <Icon name="cross" className="size-3.5" /> Stopped
        </p>
      );
    case "done":
      return null;
  }
}

/** What becomes of a message while another turn goes on. */
export function TurnAside({ text }: { readonly text: string }): ReactElement {
  return <Aside icon="clock">{text}</Aside>;
}

function Aside({ icon, children }: { readonly icon: "clock"; readonly children: ReactNode }): ReactElement {
  return (
    <div className="flex items-center justify-end gap-2 text-[13px] text-soft">
      <Icon name={icon} className="size-3.5" />
      {children}
    </div>
  );
}

interface FailureProps {
  readonly title: string;
  readonly reason: string | undefined;
  readonly children?: ReactNode;
}

function Failure({ title, reason, children }: FailureProps): ReactElement {
  return (
    <div role="alert" className="flex gap-3 rounded-xl border border-bad/40 bg-bad-tint px-4 py-3 text-sm">
      <Icon name="alert" className="mt-0.5 size-4 text-bad" />
      <div className="min-w-0 space-y-1">
        <p className="font-medium text-bad">{title}</p>
        {reason !== undefined && <p className="[overflow-wrap:anywhere]">{reason}</p>}
        {children !== undefined && <div className="flex gap-1 pt-2">{children}</div>}
      </div>
    </div>
  );
}

const PHASES: Readonly<Record<ChatPhase, string>> = {
  preparing_workspace: "Preparing the workspace",
  naming_worktree: "Naming the worktree",
  creating_worktree: "Creating the worktree",
  running_setup: "Running setup",
  provisioning_environment: "Preparing the sandbox",
  preparing_context: "Summarising earlier messages",
  memory_flushing: "Tidying memory",
  starting_model: "Thinking",
};

function Working({ turn: { parts, phase, retry } }: { readonly turn: Turn }): ReactElement | null {
  const last = parts.at(-1);
  // Words that grow and a card that runs speak for themselves.
  if (retry === undefined && (last?.kind === "text" || (last?.kind === "tool" && last.call.state === "running")))
    return null;
  const label = retry
    ? `The model is busy: attempt ${retry.attempt} of ${retry.maxAttempts}`
    : last?.kind === "tool" || phase === undefined
      ? "Thinking"
      : PHASES[phase];
  return (
    <p className="flex items-center gap-2.5 text-sm text-soft">
      <span aria-hidden="true" className="breathe size-2 rounded-full bg-accent" />
      {label}…
    </p>
  );
}
