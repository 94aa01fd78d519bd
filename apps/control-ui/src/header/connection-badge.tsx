import type { ReactElement } from "react";
import type { ConnectionState } from "../gateway/connection.ts";
import { useConnectionState } from "../gateway/context.tsx";
import { Badge } from "../ui/badge.tsx";
import { Popover } from "../ui/popover.tsx";
import { SignedInAs } from "./signed-in-as.tsx";
import { useCountdown } from "./use-countdown.ts";

export function ConnectionBadge(): ReactElement {
  const state = useConnectionState();
  const seconds = useCountdown(state);
  const { tone, label, detail } = describe(state, seconds);
  return (
    <>
      <Popover
        title="Connection"
        trigger={
          <Badge tone={tone} aria-label={`Connection: ${label}`}>
            <span className="max-md:hidden">{label}</span>
          </Badge>
        }
      >
        <p className="text-soft">{detail}</p>
        <SignedInAs />
      </Popover>
      <span className="sr-only" role="status">
        {state.status === "reconnecting" ? "Connection lost, reconnecting" : label}
      </span>
    </>
  );
}

function describe(state: ConnectionState, seconds: number) {
  switch (state.status) {
    case "connected": {
      const { version } = state.hello.server;
      return { tone: "good", label: "Connected", detail: `To gateway ${version} at ${location.host}.` } as const;
    }
    case "connecting":
      return { tone: "busy", label: "Connecting…", detail: `Calling the gateway at ${location.host}.` } as const;
    case "reconnecting":
      return {
        tone: "busy",
        label: seconds > 0 ? `Reconnecting in ${seconds} s` : "Reconnecting…",
        detail: `The connection was lost: ${state.reason || "the gateway does not answer"}. What you send now waits and goes out once.`,
      } as const;
    default:
      return { tone: "bad", label: "Refused", detail: state.reason ?? "The gateway refused the connection." } as const;
  }
}
