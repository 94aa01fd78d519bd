import { type Entry, inReadingOrder, turnOf } from "@claw/core";

/** What a turn reads of a session's entries: in reading order, up to its own last one, and no text command but its own. */
export function contextEntries(entries: readonly Entry[], run: string): readonly Entry[] {
  const commands = new Set(entries.filter(isCommand).map((entry) => entry.run));
  const read = inReadingOrder(
    entries.filter((entry) => entry.run === run || entry.message.role === "summary" || !commands.has(entry.run)),
  );
  return read.slice(0, read.findLastIndex((entry) => turnOf(entry) === run) + 1);
}

/** Whether the newest entries of a session hold all that a model is given of it, so that older ones need no reading. */
export function reachFarEnough(entries: readonly Entry[], run: string): boolean {
  const read = contextEntries(entries, run);
  const at = read.findLastIndex(({ message }) => message.role === "summary");
  const summary = read[at]?.message;
  if (summary?.role !== "summary") return false;
  const whole = new Set(entries.filter(({ message }) => message.role === "user").map((entry) => entry.run));
  // Of a turn that began before them nobody knows here where it belongs, or whether it was a command.
  const cut = read.findLastIndex((entry) => !whole.has(turnOf(entry)));
  const before = read.slice(cut + 1, at).filter(({ message }) => message.role !== "summary");
  return cut < at && before.length >= summary.kept;
}

function isCommand({ message }: Entry): boolean {
  return message.role === "user" && message.command !== undefined;
}
