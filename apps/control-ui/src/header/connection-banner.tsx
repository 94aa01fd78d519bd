import type { ReactElement } from "react";
import { useConnectionState, useGateway } from "../gateway/context.tsx";
import { Button } from "../ui/button.tsx";
import { useCountdown } from "./use-countdown.ts";

/** Says that the connection is lost, when the next attempt is, and offers one now. */
export function ConnectionBanner(): ReactElement | null {
  const state = useConnectionState();
  const { connection } = useGateway();
  const seconds = useCountdown(state);
  if (state.status === "connected" || (state.status === "connecting" && connection.hello === undefined)) return null;
  return (
    <div className="rise flex shrink-0 items-center gap-3 border-b bg-tint px-4 py-1.5 text-sm">
      <p className="min-w-0 flex-1">
        {connection.hello === undefined ? "The gateway does not answer." : "The connection to the gateway is lost."}{" "}
        <span className="text-soft tabular-nums">
          {seconds > 0 ? `Trying again in ${seconds} s.` : "Trying again…"}
        </span>
      </p>
      <Button disabled={state.status !== "reconnecting"} onClick={() => connection.connect()}>
        Reconnect now
      </Button>
    </div>
  );
}
