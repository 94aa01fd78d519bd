import type { SandboxStatus } from "@claw/protocol";
import type { ReactElement } from "react";
import { useSandbox } from "../gateway/queries.ts";
import { Badge } from "../ui/badge.tsx";
import { Icon } from "../ui/icons.tsx";
import { Popover } from "../ui/popover.tsx";

const TONES = { ready: "good", preparing: "busy", unavailable: "bad" } as const;
const STATES = { ready: "ready", preparing: "preparing…", unavailable: "unavailable" } as const;

export function SandboxBadge(): ReactElement | null {
  const { data: status } = useSandbox();
  if (status === undefined) return null;
  const { backend, summary, limits, state, progress, reason } = status;
  return (
    <Popover
      title={`Sandbox: ${backend}, ${STATES[state]}`}
      trigger={
        <Badge tone={TONES[state]} aria-label={`Sandbox: ${labelOf(status)}, ${STATES[state]}`}>
          <span className="truncate max-md:hidden">{labelOf(status)}</span>
          <Icon name="box" className="size-3.5 md:hidden" />
        </Badge>
      }
    >
      <p className="text-soft">{summary}</p>
      {progress !== undefined && <p className="text-warn">{progress}</p>}
      {reason !== undefined && <p className="text-bad">{reason}</p>}
      {limits.length > 0 && (
        <div>
          <h3 className="mb-1 font-medium">Its limits</h3>
          <ul className="list-disc space-y-1 pl-4 text-soft">
            {limits.map((limit) => (
              <li key={limit}>{limit}</li>
            ))}
          </ul>
        </div>
      )}
    </Popover>
  );
}

function labelOf({ backend, state, progress }: SandboxStatus): string {
  if (state === "preparing") return progress ?? "Preparing the sandbox…";
  return state === "ready" ? `${backend} sandbox` : "No sandbox";
}
