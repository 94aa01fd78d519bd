import type { PairedDevice } from "@claw/protocol";
import { type ReactElement, useState } from "react";
import { useChange } from "../gateway/use-change.ts";
import { Button } from "../ui/button.tsx";
import { formatAgo } from "../ui/format.ts";
import { deviceFacts, deviceName, scopeNames } from "./describe-device.ts";

/** A paired device: whose it is, what it may do, and the ways to take that away. */
export function PairedCard({ device }: { readonly device: PairedDevice }): ReactElement {
  const { deviceId, owner, scopes, tokens, connected, lastSeenAtMs } = device;
  const revoke = useChange("device.token.revoke", "device.pair.list");
  const remove = useChange("device.pair.remove", "device.pair.list");
  const [asked, setAsked] = useState<"revoke" | "remove">();
  const name = deviceName(device);
  const act = (): void => {
    setAsked(undefined);
    if (asked === "remove") remove.mutate({ deviceId });
    else for (const { role } of tokens) revoke.mutate({ deviceId, role });
  };
  return (
    <li aria-label={name} className="rounded-xl border bg-raised px-3.5 py-2.5">
      <p className="flex items-baseline justify-between gap-3">
        <span className="min-w-0 truncate font-medium">{name}</span>
        <span className={`shrink-0 text-[13px] ${connected ? "text-good" : "text-soft"}`}>
          {connected ? "connected" : formatAgo(lastSeenAtMs, Date.now())}
        </span>
      </p>
      <p className="text-[13px] text-soft [overflow-wrap:anywhere]">
        {owner}’s · {deviceFacts(device)}
      </p>
      <p className="text-[13px] text-soft [overflow-wrap:anywhere]">
        {tokens.length === 0 ? "Has no token now" : `May: ${scopeNames(scopes)}`}
      </p>
      {asked === undefined ? (
        <div className="mt-1.5 flex gap-1">
          {tokens.length > 0 && (
            <Button kind="ghost" onClick={() => setAsked("revoke")}>
              Revoke
            </Button>
          )}
          <Button kind="ghost" onClick={() => setAsked("remove")}>
            Remove
          </Button>
        </div>
      ) : (
        <div className="mt-1.5 flex flex-wrap items-center gap-2">
          <span className="min-w-0 flex-1">
            {asked === "revoke" ? "It is cut off and has to ask again." : "It is cut off and forgotten."}
          </span>
          <Button onClick={act}>{asked === "revoke" ? "Revoke it" : "Remove it"}</Button>
          <Button kind="ghost" onClick={() => setAsked(undefined)}>
            Keep
          </Button>
        </div>
      )}
      <p role="status" className="text-[13px] text-bad empty:hidden">
        {(revoke.error ?? remove.error)?.message}
      </p>
    </li>
  );
}
