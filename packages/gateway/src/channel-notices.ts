import type { Address, Approval, Inquiry, Journal, Logger, Question, Store } from "@claw/core";
import type { Outbox } from "./outbox.ts";
import type { ActiveRun } from "./runs.ts";

/** Tells who wrote over a channel what their turn waits for: they see nothing of it before its end otherwise. */
export interface ChannelNotices {
  /** That nobody who may answer it is there. */
  unattended(run: Asking, approval: Approval): void;
  /** What is asked, with how to answer. */
  question(run: Asking, inquiry: Inquiry): void;
}

type Asking = Pick<ActiveRun, "principal" | "session" | "replyTo">;

export interface ChannelNoticesOptions {
  readonly store: Pick<Store, "as"> & { readonly journal: Pick<Journal, "send"> };
  readonly outbox: Pick<Outbox, "wake">;
  readonly log: Logger;
}

export function createChannelNotices({ store, outbox, log }: ChannelNoticesOptions): ChannelNotices {
  async function send({ principal, session }: Asking, to: Address, key: string, text: string): Promise<void> {
    const found = await store.as(principal).sessions.get(session);
    if (found?.settings.sendPolicy === "deny") return;
    // After a restart it is asked again, and was told before.
    await store.journal.send(session, { key, to, message: { text } });
    outbox.wake();
  }

  function tell(run: Asking, id: string, text: string): void {
    if (run.replyTo === undefined) return;
    send(run, run.replyTo, `asked:${id}`, text).catch((error: unknown) =>
      log.warn("a channel could not be told what its turn waits for", { id, error: String(error) }),
    );
  }

  return {
    unattended(run, { id, createdAt, expiresAt }) {
      const minutes = Math.max(1, Math.round((expiresAt.getTime() - createdAt.getTime()) / 60_000));
      const end = `Without an answer within ${minutes} minute${minutes === 1 ? "" : "s"} I go on without.`;
      tell(run, id, `I need an approval to go on, and nobody who may give it is there now. I wait for it. ${end}`);
    },
    question: (run, { id, questions }) => tell(run, id, questionText(questions)),
  };
}

function questionText(questions: readonly Question[]): string {
  const asked = questions.map(({ question, options }) =>
    [question, ...options.map((option, index) => `${index + 1}. ${described(option)}`)].join("\n"),
  );
  const how =
    questions.length === 1
      ? "Reply with a number or in your own words."
      : `Reply with ${questions.length} lines, one for each.`;
  return [...asked, how].join("\n\n");
}

function described({ label, description }: Question["options"][number]): string {
  return description === undefined ? label : `${label}: ${description}`;
}
