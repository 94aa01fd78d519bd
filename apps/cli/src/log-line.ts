import { paint } from "./output.ts";
import { oneLine } from "./text.ts";

const LEVELS = [
  [50, "red", "error"],
  [40, "yellow", "warn "],
  [30, "cyan", "info "],
  [0, "dim", "debug"],
] as const;

/** One line of the log for people: when, how bad, what, and its fields. What is no JSON object is shown as it is. */
export function logLine(line: string): string {
  const record = parsed(line);
  if (record === undefined) return oneLine(line);
  const { time, level, msg, ...fields } = record;
  const [, colour, name] = LEVELS.find(([least]) => Number(level) >= least) ?? LEVELS[3];
  const at = typeof time === "number" ? new Date(time).toISOString().replace("T", " ").slice(0, 23) : "";
  const rest = Object.entries(fields).map(([key, value]) => `${key}=${shown(value)}`);
  return [paint("dim", at), paint(colour, name), oneLine(String(msg ?? "")), paint("dim", oneLine(rest.join(" ")))]
    .join("  ")
    .trimEnd();
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /\s/.test(text) ? JSON.stringify(text) : text;
}
