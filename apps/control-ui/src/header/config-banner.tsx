import type { ConfigReload } from "@claw/protocol";
import type { ReactElement } from "react";
import { useHealth } from "../gateway/queries.ts";

/** Says that the configuration file has mistakes, where the first one is, and what is used instead. */
export function ConfigBanner(): ReactElement | null {
  const { data } = useHealth();
  const reload = data?.configReload;
  if (reload === undefined || reload.hotReloadStatus !== "rejected") return null;
  const [issue] = reload.issues;
  return (
    <div role="alert" className="rise shrink-0 border-b bg-tint px-4 py-1.5 text-sm">
      <strong className="font-medium">The configuration file has mistakes.</strong> {usedOf(reload)}{" "}
      {issue !== undefined && (
        <span className="text-soft">
          {issue.path}
          {issue.line !== undefined && ` (line ${issue.line})`}: {issue.message}
        </span>
      )}
    </div>
  );
}

function usedOf({ startedWith }: ConfigReload): string {
  if (startedWith?.leftOut !== undefined) return `It is used without ${startedWith.leftOut.join(", ")}.`;
  if (startedWith?.lastGoodAtMs === undefined) return "What was right before is used.";
  return `The last version that worked is used, of ${new Date(startedWith.lastGoodAtMs).toLocaleString()}.`;
}
