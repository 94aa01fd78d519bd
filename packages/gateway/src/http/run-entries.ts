import type { Accepted, Collections, Entry } from "@claw/core";

const PAGE = 200;

/** What a run has written from its first entry on, up to the first tool result of its own. */
export async function entriesOfRun(
  { transcript }: Collections,
  session: string,
  { run, sequence }: Accepted,
): Promise<readonly Entry[]> {
  const mine: Entry[] = [];
  for (let before = sequence + PAGE; ; before += PAGE) {
    const page = await transcript.read(session, { before, limit: PAGE });
    mine.push(...page.filter((entry) => entry.run === run));
    const full = page.at(-1)?.sequence === before - 1;
    if (!full || mine.some(({ message }) => message.role === "tool")) return mine;
  }
}
