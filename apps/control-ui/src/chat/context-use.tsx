import type { SessionRow } from "@claw/protocol";
import type { ReactElement } from "react";
import { formatTokens } from "../ui/format.ts";

const NEARLY_FULL = 0.8;

/** How much of the model's window the conversation takes, once anything does. */
export function ContextUse({ row }: { readonly row: SessionRow | undefined }): ReactElement | null {
  const { totalTokens: used = 0, contextTokens: window = 0 } = row ?? {};
  if (used === 0 || window === 0) return null;
  const share = Math.min(1, used / window);
  return (
    <p
      className="ml-auto flex items-center gap-2 tabular-nums"
      title="What the model reads of this chat, of what it can"
    >
      <svg aria-hidden="true" viewBox="0 0 40 4" className="h-1 w-10 overflow-hidden rounded-full bg-line">
        <rect width={40 * share} height="4" className={share < NEARLY_FULL ? "fill-edge" : "fill-warn"} />
      </svg>
      <span>
        Context: {formatTokens(used)} of {formatTokens(window)} tokens
      </span>
    </p>
  );
}
