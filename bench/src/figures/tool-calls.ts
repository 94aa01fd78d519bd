import type { Bench, Figure, Row } from "../figure.ts";
import { timeEngineExecs } from "../harness/engine-exec.ts";
import { type MeasuredGateway, startMeasured } from "../harness/gateway.ts";
import { median, quantile } from "../harness/statistics.ts";

/** In one turn, so that none of them pays for the start of the sandbox. */
const CALLS = 10;
const TURNS = 5;

/** From the answer in which the model calls `exec` with `true` to the request that carries its result. */
export const virtualToolCalls: Figure = {
  name: "virtual-tool-call",
  measure: async (bench) => {
    await using gateway = await startMeasured(bench.model, { config: { sandbox: { backend: "virtual" } } });
    const timings = await roundTrips(bench, gateway, "warm");
    return rows("virtual", timings);
  },
};

export const dockerToolCalls: Figure = {
  name: "docker-tool-call",
  async measure(bench) {
    const title = "tool call, docker sandbox";
    const gateway = await startMeasured(bench.model, { config: { sandbox: { backend: "docker" } } }).catch(
      (error: unknown) => ({ skipped: `no Docker sandbox here: ${firstLine(error)}` }),
    );
    if ("skipped" in gateway) return [{ title, ...gateway }];
    await using _ = gateway;
    const before = await roundTrips(bench, gateway, "before");
    const floor = await timeEngineExecs(gateway.pid, bench.quick ? 2 : CALLS * TURNS);
    const after = await roundTrips(bench, gateway, "after");
    return rows("docker", [...before, ...after], floor);
  },
};

async function roundTrips({ model, quick, progress }: Bench, gateway: MeasuredGateway, name: string) {
  progress("starting the sandbox");
  const sessions = ["tools"];
  await gateway.takeTurns({ sessions, turns: 1, text: `${name} bench-calls:1` });
  await model.takeRoundTrips();
  progress("calling tools");
  const turns = quick ? 1 : TURNS;
  await gateway.takeTurns({ sessions, turns, text: `bench-calls:${quick ? 2 : CALLS}` });
  return model.takeRoundTrips();
}

function rows(sandbox: string, timings: readonly number[], floor?: readonly number[]): readonly Row[] {
  const row = (at: "p50" | "p95", of: (numbers: readonly number[]) => number): Row => ({
    title: `tool call, ${sandbox} sandbox, ${at}`,
    unit: "ms",
    value: of(timings),
    ...(floor === undefined ? {} : { floor: { title: "exec over the engine's API", value: of(floor) } }),
    ...(floor === undefined || at === "p95" ? {} : { goal: { of: "ratio", atMost: 0.3 } as const }),
  });
  return [row("p50", median), row("p95", (numbers) => quantile(numbers, 0.95))];
}

const firstLine = (error: unknown): string => String(error).split("\n").slice(0, 2).join(" ");
