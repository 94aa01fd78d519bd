import stringWidth from "string-width";
import { paint } from "../output.ts";
import { clip, duration, oneLine } from "../text.ts";
import type { ToolCall, ToolCallReport } from "./run-report.ts";

const MARK = "▸";
const WIDE = 160;

const stderr = process.stderr;
const width = (): number => (stderr.isTTY ? stderr.columns : WIDE);

/** A call that goes on: `▸ exec head -n 11 sales.csv`. */
export function startedLine(call: ToolCall): string {
  return compose(call, "", "");
}

/** A call that ended: `▸ exec head -n 11 sales.csv  exit 0  12 ms`; a failure says why on a second line. */
export function endedLine(call: ToolCallReport): string {
  const { details, failed, output } = call;
  const { exitCode, durationMs } = details;
  const time = typeof durationMs === "number" ? duration(durationMs) : "";
  const outcome = typeof exitCode === "number" ? `exit ${exitCode}` : failed ? "failed" : "";
  const good = !failed && (typeof exitCode !== "number" || exitCode === 0);
  const plain = [outcome, time].filter(Boolean).join("  ");
  const painted = [outcome && paint(good ? "green" : "red", outcome, stderr), time && paint("dim", time, stderr)];
  const line = compose(call, plain, painted.filter(Boolean).join("  "));
  const why = failed && typeof exitCode !== "number" ? oneLine(output) : "";
  return why === "" ? line : `${line}\n  ${paint("dim", clip(why, width() - 3), stderr)}`;
}

function compose(call: ToolCall, plainEnd: string, paintedEnd: string): string {
  const name = oneLine(call.name);
  const room = width() - stringWidth(`${MARK} ${name} `) - (plainEnd === "" ? 0 : stringWidth(plainEnd) + 2) - 1;
  const what = clip(summary(call.args), Math.max(room, 8));
  const head = `${paint("cyan", MARK, stderr)} ${paint("bold", name, stderr)} ${what}`.trimEnd();
  return paintedEnd === "" ? head : `${head}  ${paintedEnd}`;
}

/** The argument that says most. */
const TELLING = ["command", "path", "url", "query", "message"] as const;

function summary(args: unknown): string {
  if (typeof args !== "object" || args === null) return args === undefined ? "" : oneLine(String(args));
  const named = args as Readonly<Record<string, unknown>>;
  const key = TELLING.find((name) => typeof named[name] === "string");
  if (key !== undefined) return oneLine(String(named[key]));
  return Object.keys(named).length === 0 ? "" : oneLine(JSON.stringify(args));
}
