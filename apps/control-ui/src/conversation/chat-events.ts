import type { AssistantHistoryMessage, ChatEvent } from "@claw/protocol";
import { INTERRUPTED, type LiveRun, type Outcome } from "./conversation.ts";
import { withAllText, withFinalText, withMoreText } from "./spoken.ts";

export function newRun(runId: string, nowMs: number): LiveRun {
  return { runId, chatSeq: 0, agentSeq: 0, held: [], parts: [], spans: [], firstSeenMs: nowMs };
}

/** Applies one `chat` event. A repeat changes nothing; text ahead of a missing event is held back. */
export function applyChat(run: LiveRun, event: ChatEvent): LiveRun {
  if (run.outcome !== undefined || event.seq <= run.chatSeq) return run;
  switch (event.state) {
    case "status": {
      const { phase, retry } = event;
      return hold({ ...withoutRetry(run), phase, ...(retry && { retry }) }, event.seq, "");
    }
    case "delta":
      if (event.replace) return release({ ...run, parts: withAllText(run.parts, event.deltaText), chatSeq: event.seq });
      if (event.message && event.seq > run.chatSeq + 1)
        return release({ ...run, parts: withAllText(run.parts, textOf(event.message)), chatSeq: event.seq });
      return hold(withoutRetry(run), event.seq, event.deltaText);
    case "final":
      return end(run, event, { state: "done" });
    case "aborted":
      return end(run, event, { state: "aborted" });
    case "error":
      return end(run, event, { state: "error", message: event.errorMessage });
  }
}

/** Takes over what the gateway says was said up to `seq`. */
export function catchUp(run: LiveRun, text: string, seq: number): LiveRun {
  if (run.outcome !== undefined || seq <= run.chatSeq) return run;
  return release({ ...run, parts: withAllText(run.parts, text), chatSeq: seq });
}

/** The connection was lost: what comes next is held back until history says where it belongs. */
export function interrupt(run: LiveRun): LiveRun {
  return run.outcome === undefined ? { ...run, chatSeq: INTERRUPTED, agentSeq: 0, held: [] } : run;
}

/** Nothing had been said by a run that the gateway has begun anew. */
export function forgetWords(run: LiveRun): LiveRun {
  return run.chatSeq === INTERRUPTED ? { ...run, parts: withAllText(run.parts, "") } : run;
}

/** The gateway knows of no words before those that were held back, so they are all there is. */
export function releaseAll(run: LiveRun): LiveRun {
  const { held, ...rest } = forgetWords(run);
  const parts = held.reduce((sofar, { text }) => withMoreText(sofar, text), rest.parts);
  return { ...rest, parts, chatSeq: held.at(-1)?.seq ?? run.chatSeq, held: [] };
}

function textOf(message: Pick<AssistantHistoryMessage, "content">): string {
  return message.content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

function end(run: LiveRun, event: ChatEvent, outcome: Outcome): LiveRun {
  const message = "message" in event ? event.message : undefined;
  // With words missing in the middle nobody could tell which of them the record has.
  const said = event.seq > run.chatSeq + 1 ? withAllText(run.parts, "") : run.parts;
  const parts = message === undefined ? said : withFinalText(said, textOf(message));
  return { ...withoutRetry(run), parts, chatSeq: event.seq, held: [], outcome };
}

function hold(run: LiveRun, seq: number, text: string): LiveRun {
  if (run.held.some((held) => held.seq === seq)) return run;
  const held = [...run.held, { seq, text }].sort((left, right) => left.seq - right.seq);
  return release({ ...run, held });
}

/** Appends what is no longer ahead of anything missing. */
function release(run: LiveRun): LiveRun {
  let { parts, chatSeq } = run;
  const held = run.held.filter(({ seq, text }) => {
    if (seq > chatSeq + 1) return true;
    if (seq === chatSeq + 1) {
      parts = withMoreText(parts, text);
      chatSeq = seq;
    }
    return false;
  });
  return { ...run, parts, chatSeq, held };
}

function withoutRetry({ retry: _, ...run }: LiveRun): LiveRun {
  return run;
}
