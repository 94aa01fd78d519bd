import { type ReactElement, useEffect, useRef, useState } from "react";
import type { Turn } from "../conversation/conversation.ts";

const MAX_SPOKEN = 600;

/** Says what happens to those who can't see it: that work began, which tool runs, and the answer once it is whole. */
export function Announcer({ turns }: { readonly turns: readonly Turn[] }): ReactElement {
  const last = turns.at(-1);
  const wasWorking = useRef<string>(undefined);
  const [words, setWords] = useState("");
  const current = last && progressOf(last);
  const answer = last && finalWords(last);
  const key = last?.key;
  const working = last?.status === "working";

  useEffect(() => {
    if (working) {
      wasWorking.current = key;
      setWords(current ?? "");
    } else if (key !== undefined && wasWorking.current === key) {
      wasWorking.current = undefined;
      setWords(answer ?? "");
    }
  }, [working, key, current, answer]);

  return (
    <p aria-live="polite" className="sr-only">
      {words}
    </p>
  );
}

function progressOf({ parts }: Turn): string {
  const running = parts.findLast((part) => part.kind === "tool" && part.call.state === "running");
  return running?.kind === "tool" ? `Running ${running.call.name}` : "Working on the answer";
}

function finalWords({ status, parts, reason }: Turn): string {
  if (status === "error") return `The run failed. ${reason ?? ""}`;
  if (status === "aborted") return "Stopped.";
  const last = parts.findLast((part) => part.kind === "text");
  return last?.kind === "text" ? `Answer: ${last.text.slice(0, MAX_SPOKEN)}` : "Done.";
}
