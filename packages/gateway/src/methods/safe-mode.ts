import type { Principal } from "@claw/core";
import type { SafeModeInfo } from "@claw/protocol";
import { maySee } from "../connection/peers.ts";
import type { Handlers, MethodDeps } from "./context.ts";

const SHOWN = 20;

export function safeModeMethods({ lifecycle }: MethodDeps): Pick<Handlers, "safe-mode.off"> {
  return {
    async "safe-mode.off"() {
      const resumed = await lifecycle.leaveSafeMode();
      return { left: resumed !== undefined, resumed: resumed ?? 0 };
    },
  };
}

/** As `principal` may see it; `undefined` while the gateway is not in it. */
export function safeModeInfo(
  { lifecycle: { safeMode } }: Pick<MethodDeps, "lifecycle">,
  principal: Principal,
): SafeModeInfo | undefined {
  if (safeMode === undefined) return undefined;
  const { since, reason, parked } = safeMode;
  const visible = parked.filter((run) => maySee(principal, run.principal.id)).slice(0, SHOWN);
  return {
    since: since.getTime(),
    reason,
    parkedCount: parked.length,
    parked: visible.map(({ run, session, acceptedAt }) => ({
      runId: run,
      sessionKey: session,
      acceptedAt: acceptedAt.getTime(),
    })),
  };
}
