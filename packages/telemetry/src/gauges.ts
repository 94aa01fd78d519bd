import type { Meter } from "@opentelemetry/api";
import type { EventLoopDelay } from "./event-loop.ts";

/** What there is right now. */
export interface Gauges {
  readonly connections: number;
  readonly turnsRunning: number;
  readonly turnsWaiting: number;
  /** Runs in a stage that takes longer than it should. */
  readonly turnsLate: number;
}

/** Tells of the process and what `read` and `delay` say; every reading is taken when metrics are collected. */
export function observeGauges(meter: Meter, read: () => Gauges, delay: () => EventLoopDelay): void {
  const gauge = (name: string, description: string, value: () => number, unit = ""): void =>
    meter.createObservableGauge(name, { description, unit }).addCallback((result) => result.observe(value()));
  gauge("claw.connections", "Clients connected over WebSocket.", () => read().connections);
  gauge("claw.turns.running", "Turns going on.", () => read().turnsRunning);
  gauge("claw.turns.waiting", "Turns that wait for their lane.", () => read().turnsWaiting);
  gauge("claw.turns.late", "Turns in a stage that takes longer than it should.", () => read().turnsLate);

  gauge("nodejs.eventloop.delay.p50", "Event loop delay.", () => delay().p50Ms / 1_000, "s");
  gauge("nodejs.eventloop.delay.p99", "Event loop delay.", () => delay().p99Ms / 1_000, "s");
  gauge("nodejs.eventloop.delay.max", "Event loop delay.", () => delay().maxMs / 1_000, "s");
  gauge("process.memory.usage", "Resident memory.", () => process.memoryUsage.rss(), "By");
  gauge("process.uptime", "Time since the process started.", () => process.uptime(), "s");
  meter
    .createObservableCounter("process.cpu.time", { description: "CPU time used, by mode.", unit: "s" })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe(user / 1e6, { "cpu.mode": "user" });
      result.observe(system / 1e6, { "cpu.mode": "system" });
    });
}
