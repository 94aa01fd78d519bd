import { useEffect, useState } from "react";
import type { ConnectionState } from "../gateway/connection.ts";

/** Seconds until the next attempt; 0 when none is planned. */
export function useCountdown(state: ConnectionState): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (state.status !== "reconnecting") return setSeconds(0);
    const atMs = performance.now() + state.nextDelayMs;
    const show = () => setSeconds(Math.max(0, Math.ceil((atMs - performance.now()) / 1_000)));
    show();
    const timer = setInterval(show, 250);
    return () => clearInterval(timer);
  }, [state]);
  return seconds;
}
