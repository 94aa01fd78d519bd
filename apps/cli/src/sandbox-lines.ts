import type { SandboxStatus } from "@claw/protocol";
import { paint } from "./output.ts";
import { oneLine, wrap } from "./text.ts";

const COLOURS = { ready: "green", preparing: "yellow", unavailable: "red" } as const;
const MARKS = { ready: "✓", preparing: "…", unavailable: "✗" } as const;
const INDENT = 10;

/** A sandbox for the eye: its state, what it is, then what it can't do. */
export function sandboxLines({ backend, summary, limits, state, progress, reason }: SandboxStatus): readonly string[] {
  const width = (process.stdout.isTTY ? process.stdout.columns : 100) - INDENT - 2;
  const detail = progress ?? reason;
  const said = oneLine(`${summary}`);
  return [
    `${paint(COLOURS[state], `${MARKS[state]} ${state}`)}  ${paint("bold", oneLine(backend))}`,
    ...(detail === undefined
      ? []
      : wrap(oneLine(detail), width).map((line) => paint(state === "ready" ? "yellow" : COLOURS[state], line))),
    ...wrap(said, width),
    ...limits.flatMap((limit) =>
      wrap(oneLine(limit), width).map((line, index) => paint("dim", `${index === 0 ? "· " : "  "}${line}`)),
    ),
  ];
}
