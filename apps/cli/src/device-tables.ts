import type { DevicePairList, PairedDevice, PendingDevice } from "@claw/protocol";
import { paint } from "./output.ts";
import { table } from "./table.ts";
import { ago } from "./text.ts";

/** Those that wait first: they are why somebody looks. */
export function deviceTables({ pending, paired }: DevicePairList): string {
  if (pending.length === 0 && paired.length === 0) return "No device is paired, and none waits.";
  const parts = [pending.length > 0 ? pendingTable(pending) : "", paired.length > 0 ? pairedTable(paired) : ""];
  return parts.filter(Boolean).join("\n\n");
}

function pendingTable(pending: readonly PendingDevice[]): string {
  const now = Date.now();
  const columns = table(
    [
      { head: "WAITS", cell: ({ requestId }) => requestId, paint: (text) => paint("yellow", text) },
      {
        head: "DEVICE",
        cell: ({ displayName, clientId, deviceId }) => displayName ?? clientId ?? deviceId,
        flexible: true,
      },
      { head: "WANTS", cell: ({ role, scopes }) => [role, ...scopes].join(" "), flexible: true },
      { head: "BECAUSE", cell: ({ reason }) => reason },
      { head: "FROM", cell: ({ remoteIp }) => remoteIp, flexible: true },
      { head: "SINCE", cell: ({ ts }) => ago(now - ts) },
    ],
    pending,
  );
  return `${columns}\n${paint("dim", '"claw devices approve <request>" lets one in.')}`;
}

function pairedTable(paired: readonly PairedDevice[]): string {
  const now = Date.now();
  return table(
    [
      { head: "DEVICE", cell: ({ deviceId }) => deviceId, flexible: true, paint: (text) => paint("cyan", text) },
      {
        head: "NAME",
        cell: ({ operatorLabel, displayName, clientId }) => operatorLabel ?? displayName ?? clientId ?? "",
        flexible: true,
      },
      { head: "MAY", cell: ({ roles, scopes }) => [...roles, ...scopes].join(" "), flexible: true },
      { head: "PLATFORM", cell: ({ platform }) => platform ?? "" },
      {
        head: "TOKEN",
        cell: ({ tokens }) => (tokens.length === 0 ? "none" : tokens.map(({ role }) => role).join(" ")),
      },
      { head: "SEEN", cell: ({ connected, lastSeenAtMs }) => (connected ? "here now" : ago(now - lastSeenAtMs)) },
    ],
    paired,
  );
}
