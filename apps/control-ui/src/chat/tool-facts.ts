import type { ToolCallState } from "../conversation/conversation.ts";

export interface ToolFacts {
  /** The command of a shell tool. */
  readonly command?: string;
  /** What a tool is about, in a line: its first string argument, or what it asks. */
  readonly subject: string;
  /** Arguments other than the command, by name. */
  readonly otherArguments: readonly (readonly [name: string, value: string])[];
  readonly exitCode?: number;
  readonly durationMs?: number;
  readonly timedOut: boolean;
}

/** What a card shows of a call, read from arguments and details that nobody has promised a shape for. */
export function toolFacts({ args, details = {} }: ToolCallState): ToolFacts {
  const fields = isRecord(args) ? args : {};
  const { command, ...rest } = fields;
  const { exitCode, durationMs, timedOut } = details;
  const others = typeof command === "string" ? rest : fields;
  return {
    ...(typeof command === "string" && { command }),
    subject: firstLine(Object.values(fields).find(isString) ?? askedIn(fields["questions"])),
    otherArguments: Object.entries(others).map(([name, value]) => [name, inWords(value)]),
    ...(typeof exitCode === "number" && { exitCode }),
    ...(typeof durationMs === "number" && { durationMs }),
    timedOut: timedOut === true,
  };
}

function askedIn(questions: unknown): string {
  const asked: readonly unknown[] = Array.isArray(questions) ? questions : [];
  return asked
    .map((one) => (isRecord(one) ? one["question"] : undefined))
    .filter(isString)
    .join(" ");
}

function inWords(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value, undefined, 2) ?? "");
}

function firstLine(text: string): string {
  const line = text.trim().split("\n", 1)[0] ?? "";
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}
