import type { Status } from "@claw/protocol";
import { paint } from "./output.ts";
import { oneLine } from "./text.ts";

type Load = Pick<Status, "eventLoop" | "workerPools" | "processMemory" | "degradedSecretOwners">;
type Row = readonly [string, ...string[]];

/** Beyond this whoever talks with the gateway notices. */
const LATE_MS = 200;
const MEBIBYTE = 1024 * 1024;

/** How much the gateway has to do, and whose secrets are missing. An older one says less. */
export function loadRows({
  eventLoop,
  workerPools,
  processMemory,
  degradedSecretOwners = [],
}: Partial<Load>): readonly Row[] {
  const parts = [
    ...(workerPools === undefined ? [] : [turnsOf(workerPools)]),
    ...(eventLoop === undefined
      ? []
      : [`event loop ${Math.round(eventLoop.utilization * 100)} % busy${lateness(eventLoop)}`]),
    ...(processMemory === undefined ? [] : [`${Math.round(processMemory.rss / MEBIBYTE)} MiB`]),
  ];
  const owners = degradedSecretOwners.map(({ ownerKind, ownerId, degradationState, reason }) => {
    const use = degradationState === "stale" ? "the last one is in use" : "there is none";
    return paint("yellow", oneLine(`✗ ${ownerKind} ${ownerId}: ${reason} (${use})`));
  });
  const [first, ...rest] = owners;
  return [
    ...(parts.length === 0 ? [] : [["Load", parts.join(" · ")] as const]),
    ...(first === undefined ? [] : [["Secrets", first, ...rest] as const]),
  ];
}

function turnsOf({ turns, sandboxes }: Load["workerPools"]): string {
  const waiting = turns.turnsWaiting === 0 ? "" : `, ${turns.turnsWaiting} waiting`;
  const held = sandboxes.held === 0 ? "" : ` · ${sandboxes.held} ${sandboxes.held === 1 ? "sandbox" : "sandboxes"}`;
  return `${turns.turnsRunning} of ${turns.places} turns${waiting}${held}`;
}

function lateness({ delayP50Ms, delayP99Ms, delayMaxMs }: Load["eventLoop"]): string {
  if (delayP50Ms === undefined || delayP99Ms === undefined || delayMaxMs === undefined) return "";
  const text = `, late by ${delayP50Ms.toFixed(1)} ms (p50), ${delayP99Ms.toFixed(1)} ms (p99), ${delayMaxMs.toFixed(0)} ms at most`;
  return delayP99Ms > LATE_MS ? paint("yellow", text) : text;
}
