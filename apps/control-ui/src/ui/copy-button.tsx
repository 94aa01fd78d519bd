import { type ReactElement, useEffect, useState } from "react";
import { Icon } from "./icons.tsx";

export interface CopyButtonProps {
  readonly text: string;
  /** What is copied, such as `code`. */
  readonly what: string;
}

const THANKS_MS = 1_500;

export function CopyButton({ text, what }: CopyButtonProps): ReactElement {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), THANKS_MS);
    return () => clearTimeout(timer);
  }, [state]);

  return (
    <button
      type="button"
      aria-label={state === "copied" ? "Copied" : state === "failed" ? "Could not copy" : `Copy ${what}`}
      onClick={() =>
        copy(text).then(
          () => setState("copied"),
          () => setState("failed"),
        )
      }
      className="inline-flex size-7 shrink-0 items-center justify-center rounded-md text-soft hover:bg-sunken hover:text-ink"
    >
      <Icon
        name={state === "idle" ? "copy" : state === "copied" ? "check" : "cross"}
        className={`size-3.5 ${state === "copied" ? "text-good" : ""}`}
      />
    </button>
  );
}

/** Browsers offer the clipboard to `https:` and localhost alone. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard === undefined) throw new Error("There is no clipboard on an insecure page.");
  await navigator.clipboard.writeText(text);
}
