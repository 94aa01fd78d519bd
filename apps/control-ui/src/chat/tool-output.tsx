import { type ReactElement, useState } from "react";
import type { ToolCallState } from "../conversation/conversation.ts";
import { formatCount } from "../ui/format.ts";
import { Scroller } from "../ui/scroller.tsx";
import { firstLines, lastLines, outputOf } from "./output-lines.ts";

const FOLDED_LINES = 12;

/** Output as it comes; long output is folded to its newest lines while it grows and to its first ones afterwards. */
export function ToolOutput({ call }: { readonly call: ToolCallState }): ReactElement | null {
  const [unfolded, setUnfolded] = useState(false);
  const { pieces, lines } = outputOf(call);
  if (lines === 0)
    return call.state === "running" ? null : (
      <p className="border-t bg-sunken px-3.5 py-2 text-[13px] text-soft">No output</p>
    );
  const isLong = lines > FOLDED_LINES + 2;
  const fold = call.state === "running" ? lastLines : firstLines;
  const shown = isLong && !unfolded ? fold(pieces, FOLDED_LINES) : pieces;
  return (
    <div className="border-t bg-sunken">
      <Scroller label="Output" className="max-h-112 overflow-auto px-3.5 py-2.5">
        {call.omitted > 0 && unfolded && (
          <p className="mb-1 text-xs text-soft">{formatCount(call.omitted, "earlier character")} not kept here</p>
        )}
        {shown.map(({ stream, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces are only ever appended
          <div key={index} className={stream === "stderr" ? "my-1 border-l-2 border-bad pl-2.5" : ""}>
            {stream === "stderr" && <p className="text-[11px] font-medium text-bad">stderr</p>}
            <pre
              className={`w-max min-w-full font-mono text-[13px] leading-relaxed ${stream === "stderr" ? "text-bad" : ""}`}
            >
              {text}
            </pre>
          </div>
        ))}
      </Scroller>
      {isLong && (
        <button
          type="button"
          aria-expanded={unfolded}
          onClick={() => setUnfolded(!unfolded)}
          className="w-full border-t px-3.5 py-1.5 text-left text-[13px] text-soft -outline-offset-2 hover:text-ink"
        >
          {unfolded ? "Show less" : `Show all ${lines} lines`}
        </button>
      )}
    </div>
  );
}
