import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useGateway } from "../gateway/context.tsx";

/** Asks for the devices again when one asks to be let in, or was answered. */
export function usePairingEvents(): void {
  const { connection } = useGateway();
  const queries = useQueryClient();
  useEffect(() => {
    const refresh = (): void => void queries.invalidateQueries({ queryKey: ["device.pair.list"] });
    const stops = [
      connection.on("device.pair.requested", refresh),
      connection.on("device.pair.resolved", refresh),
      connection.onGap(refresh),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [connection, queries]);
}
