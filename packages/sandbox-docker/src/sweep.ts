import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type Docker from "dockerode";
import { withDeadline } from "./deadline.ts";
import { ENGINE_TIMEOUT_MS } from "./engine.ts";
import { isAlive, processName } from "./owner.ts";
import { removeContainer } from "./running-container.ts";

const SANDBOX = "claw.sandbox";
const INSTANCE = "claw.instance";
const PROCESS = "claw.process";

/** Labels that say whose a container is: several gateways, and several processes of one, may share an engine. */
export function containerLabels(key: string, stateDir: string): Readonly<Record<string, string>> {
  return { [SANDBOX]: key, [INSTANCE]: instanceOf(stateDir), [PROCESS]: processName };
}

/** Removes what processes that are gone left behind in this state directory; returns how many. */
export async function sweepContainers(engine: Docker, stateDir: string): Promise<number> {
  const deadline = { what: "listing sandboxes", timeoutMs: ENGINE_TIMEOUT_MS };
  const filters = { label: [`${INSTANCE}=${instanceOf(stateDir)}`] };
  const found = await withDeadline(deadline, (abortSignal) =>
    engine.listContainers({ all: true, filters, abortSignal }),
  );
  const stale = found.filter(({ Labels }) => !isAlive(Labels[PROCESS] ?? ""));
  await Promise.all(stale.map(({ Id }) => removeContainer(engine.getContainer(Id))));
  return stale.length;
}

function instanceOf(stateDir: string): string {
  return createHash("sha256").update(resolve(stateDir)).digest("hex").slice(0, 16);
}
