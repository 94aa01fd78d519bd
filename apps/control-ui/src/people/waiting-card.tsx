import type { PendingDevice } from "@claw/protocol";
import type { ReactElement } from "react";
import { useChange } from "../gateway/use-change.ts";
import { Button } from "../ui/button.tsx";
import { deviceFacts, deviceName, REASONS, scopeNames } from "./describe-device.ts";

/** A device that waits, with what it asks for in full: that is what it is let in for. */
export function WaitingCard({ device }: { readonly device: PendingDevice }): ReactElement {
  const approve = useChange("device.pair.approve", "device.pair.list");
  const reject = useChange("device.pair.reject", "device.pair.list");
  const { requestId, role, scopes, reason, remoteIp } = device;
  const name = deviceName(device);
  const busy = approve.isPending || reject.isPending;
  return (
    <li aria-label={`${name}, waiting`} className="rounded-xl border border-accent bg-tint px-3.5 py-3">
      <p className="font-medium [overflow-wrap:anywhere]">
        {name} {REASONS[reason]}
      </p>
      <p className="text-[13px] text-soft [overflow-wrap:anywhere]">
        {deviceFacts(device)} · from {remoteIp}
      </p>
      <p className="mt-1 [overflow-wrap:anywhere]">
        As {role}, for: {scopeNames(scopes)}
      </p>
      <div className="mt-2 flex gap-2">
        <Button kind="primary" disabled={busy} onClick={() => approve.mutate({ requestId })}>
          Approve
        </Button>
        <Button disabled={busy} onClick={() => reject.mutate({ requestId })}>
          Reject
        </Button>
      </div>
      <p role="status" className="mt-1 text-[13px] text-bad empty:hidden">
        {(approve.error ?? reject.error)?.message}
      </p>
    </li>
  );
}
