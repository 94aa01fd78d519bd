import type { Meter } from "@opentelemetry/api";

/** What sandboxes have connected to since the process started. */
export interface EgressTotals {
  /** Requests and tunnels. */
  readonly allowed: number;
  readonly refused: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** Tells of the network of sandboxes; read when metrics are collected. */
export function observeEgress(meter: Meter, read: () => EgressTotals): void {
  meter
    .createObservableCounter("claw.egress.requests", { description: "Requests of sandboxes, by what was decided." })
    .addCallback((result) => {
      const { allowed, refused } = read();
      result.observe(allowed, { "claw.egress.verdict": "allow" });
      result.observe(refused, { "claw.egress.verdict": "deny" });
    });
  meter
    .createObservableCounter("claw.egress.io", { description: "Bytes that sandboxes sent and got.", unit: "By" })
    .addCallback((result) => {
      const { bytesUp, bytesDown } = read();
      result.observe(bytesUp, { "network.io.direction": "transmit" });
      result.observe(bytesDown, { "network.io.direction": "receive" });
    });
}
