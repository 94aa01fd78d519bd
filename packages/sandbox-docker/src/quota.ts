import { type WorkspaceQuota, type WorkspaceQuotaOptions, workspaceQuota } from "@claw/sandbox-supervisor";
import type { RunningContainer } from "./running-container.ts";

/** The quota of a container's workspace. Without the supervisor only a restart ends what runs. */
export function quotaOf(
  container: RunningContainer,
  limit: Pick<WorkspaceQuotaOptions, "path" | "maxMb">,
): WorkspaceQuota {
  const supervisor = container.supervision?.supervisor;
  return workspaceQuota({
    ...limit,
    active: async () => supervisor === undefined || (await supervisor.list()).length > 0,
    endAll: () => supervisor?.endAll() ?? container.restart(),
  });
}
