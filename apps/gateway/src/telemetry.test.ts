import { parseConfig } from "@claw/config";
import { silentLogger } from "@claw/core";
import type { GatewayEvent, GatewayListener } from "@claw/gateway";
import { expect, test } from "vitest";
import { gatewayTelemetry } from "./telemetry.ts";

const accepted = (run: string): GatewayEvent => ({
  type: "message-accepted",
  run,
  session: "agent:main:main",
  agent: "main",
  owner: "owner",
  text: "hello",
  sequence: 1,
});

test("what happens before it is loaded counts as well, and once", async () => {
  const listeners = new Set<GatewayListener>();
  const gateway = {
    subscribe(listener: GatewayListener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    gauges: () => ({ connections: 0, turnsRunning: 0, turnsWaiting: 0, turnsLate: 0 }),
  };
  const say = (run: string): void => {
    for (const listener of listeners) listener(accepted(run));
  };
  const egress = () => ({ allowed: 0, refused: 0, bytesUp: 0, bytesDown: 0 });
  const { diagnostics } = await parseConfig("{}");
  await using telemetry = gatewayTelemetry({ config: diagnostics, gateway: () => gateway, egress, log: silentLogger });
  telemetry.attach();
  say("early");
  const loading = telemetry.load();
  say("while it loads");
  await loading;
  say("late");
  expect(await telemetry.metrics()).toMatch(/^claw_messages_accepted_total\{.*\} 3$/m);
});
