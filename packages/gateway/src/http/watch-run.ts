import type { Hub, RunOutcome } from "../events.ts";

export interface RunWatcher {
  /** What the agent says before and after its tool calls is separated into paragraphs. */
  onText(text: string): void;
  /** Called once; nothing is called after it. */
  onEnd(outcome: RunOutcome): void;
}

/** Follows the text of one run. Returns the way to stop. */
export function watchRun(hub: Hub, run: string, { onText, onEnd }: RunWatcher): () => void {
  let spoken = false;
  let separate = false;
  const stop = hub.subscribe((event) => {
    if (event.run !== run) return;
    if (event.type === "tool-start") {
      separate = spoken;
    } else if (event.type === "turn-event" && event.event.type === "text-delta") {
      onText(separate ? `\n\n${event.event.text}` : event.event.text);
      spoken = true;
      separate = false;
    } else if (event.type === "run-ended") {
      stop();
      const { state, text } = event.outcome;
      // Read in another turn, or answered by the gateway itself, it had no deltas of its own.
      if (state === "done" && !spoken && text !== "") onText(text);
      onEnd(event.outcome);
    }
  });
  return stop;
}
