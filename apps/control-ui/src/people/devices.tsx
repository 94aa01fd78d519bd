import type { ReactElement } from "react";
import { useRequest } from "../gateway/queries.ts";
import { PairedCard } from "./paired-card.tsx";
import { WaitingCard } from "./waiting-card.tsx";

/** No event says that a device has come or gone. */
const CONNECTED_POLL_MS = 15_000;

/** Devices that wait to be let in, and those that are. */
export function Devices(): ReactElement {
  const { data, error } = useRequest("device.pair.list", {}, { pollMs: () => CONNECTED_POLL_MS });
  const { pending = [], paired = [] } = data ?? {};
  return (
    <section aria-labelledby="devices">
      <h2 id="devices" className="mb-2 font-semibold">
        Devices
      </h2>
      {error !== null && <p className="text-sm text-bad">{error.message}</p>}
      {data !== undefined && pending.length + paired.length === 0 && (
        <p className="text-sm text-soft">No device is paired, and none waits.</p>
      )}
      <ul className="space-y-2 text-sm">
        {pending.map((device) => (
          <WaitingCard key={device.requestId} device={device} />
        ))}
        {paired.map((device) => (
          <PairedCard key={device.deviceId} device={device} />
        ))}
      </ul>
    </section>
  );
}
