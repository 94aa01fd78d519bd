import type { SessionRow } from "@claw/protocol";
import type { ReactElement } from "react";
import { formatTokens } from "../ui/format.ts";

const NEARLY_FULL = 0.8;

/** How much of the model's window the conversation takes, once anything does. */
export function ContextUse({ row }: { readonly row: SessionRow | undefined }): ReactElement | null {
  const { totalTokens: used = 0, contextTokens: size } = row ?? {};
  if (used === 0) return null;
  return (
    <p className="ml-auto flex items-center gap-2 tabular-nums" title="What the model reads of this chat">
      {size !== undefined && <Gauge share={Math.min(1, used / size)} />}
      <span>
        Context: {formatTokens(used)}
        {size !== undefined && ` of ${formatTokens(size)}`} tokens
      </span>
    </p>
  );
}

function Gauge({ share }: { readonly share: number }): ReactElement {
  return (
    <svg aria-hidden="true" viewBox="0 0 40 4" className="h-1 w-10 overflow-hidden rounded-full bg-line">
      <rect width={40 * share} height="4" className={share < NEARLY_FULL ? "fill-edge" : "fill-warn"} />
    </svg>
  );
}
