import { expect, test } from "vitest";
import { createTelemetry } from "./create-telemetry.ts";
import { run } from "./run.fixture.ts";

const gauges = () => ({ connections: 3, turnsRunning: 2, turnsWaiting: 5, turnsLate: 1 });

async function pageAfter(events: typeof run): Promise<string> {
  await using telemetry = await createTelemetry({ version: "1.2.3", gauges });
  for (const event of events) telemetry.observe(event);
  return telemetry.prometheus();
}

const value = (page: string, series: RegExp): number =>
  Number(
    page
      .split("\n")
      .find((line) => series.test(line))
      ?.replace(/^.*\} /, "")
      .replace(/^[^ {]+ /, ""),
  );

test("a run is counted by agent and by how it ended", async () => {
  const page = await pageAfter(run);
  expect(value(page, /^claw_messages_accepted_total\{.*gen_ai_agent_name="main"/)).toBe(1);
  expect(value(page, /^claw_runs_ended_total\{.*claw_run_state="error".*error_type="MODEL_RATE_LIMITED"/)).toBe(1);
});

test("tokens and times carry the names of the GenAI conventions", async () => {
  const page = await pageAfter(run);
  expect(
    value(page, /^gen_ai_client_token_usage_sum\{.*gen_ai_provider_name="openai".*gen_ai_token_type="input"/),
  ).toBe(120);
  expect(value(page, /^gen_ai_client_operation_duration_count\{.*gen_ai_request_model="gpt-x"/)).toBe(1);
  expect(value(page, /^gen_ai_client_operation_duration_sum\{.*gen_ai_tool_name="exec"/)).toBe(0.005);
});

test("what there is right now is read when the page is", async () => {
  const page = await pageAfter([]);
  expect(value(page, /^claw_connections\b/)).toBe(3);
  expect(value(page, /^claw_turns_waiting\b/)).toBe(5);
  expect(value(page, /^process_memory_usage\b/)).toBeGreaterThan(10_000_000);
  expect(value(page, /^nodejs_eventloop_delay_p99\b/)).toBeGreaterThanOrEqual(0);
  expect(value(page, /^process_cpu_time_total\{.*cpu_mode="user"/)).toBeGreaterThan(0);
});

test("every line is a comment or a sample, and every family says what it is", async () => {
  const page = await pageAfter(run);
  for (const line of page.split("\n").filter(Boolean)) {
    expect(line).toMatch(
      /^(# (HELP|TYPE|UNIT) \w+ .*|[a-z_:][a-z0-9_:]*(\{([a-zA-Z_]\w*="[^"\n]*",?)*\})? [-+0-9.eInfNa]+)$/i,
    );
  }
  const families = new Set([...page.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
  expect(families.size).toBeGreaterThan(10);
});

test("nothing that anybody said is in it", async () => {
  expect(await pageAfter(run)).not.toContain("SECRET");
});
