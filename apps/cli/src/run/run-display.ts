import { note, paint } from "../output.ts";
import { printable } from "../text.ts";
import { createLiveLine } from "./live-line.ts";
import type { RunObserver, RunReport, ToolCall } from "./run-report.ts";
import { endedLine, startedLine } from "./tool-line.ts";

export interface RunDisplay extends RunObserver {
  /** Before the first word. */
  begin(): void;
  /** Ends the line that the answer stands on. */
  end(report?: RunReport): void;
}

/** Shows a run: the answer on stdout as it comes, what the agent does on stderr, a line each. */
export function createRunDisplay(): RunDisplay {
  const live = createLiveLine();
  const running = new Map<string, ToolCall>();
  let midLine = false;
  let said = false;

  function write(text: string): void {
    const shown = printable(text);
    // An answer begins with its first word.
    const visible = said ? shown : shown.trimStart();
    if (visible === "") return;
    live.clear();
    process.stdout.write(visible);
    said = true;
    midLine = !visible.endsWith("\n");
  }

  function endLine(): void {
    live.clear();
    if (midLine) process.stdout.write("\n");
    midLine = false;
  }

  function showRunning(): void {
    const [first] = running.values();
    live.show(first === undefined ? paint("dim", "thinking", process.stderr) : startedLine(first).replace(/^\S+ /, ""));
  }

  return {
    begin: showRunning,
    onText: write,
    onRestart: endLine,
    onToolStart(call) {
      endLine();
      running.set(call.id, call);
      showRunning();
    },
    onToolEnd(call) {
      endLine();
      running.delete(call.id);
      said = false;
      note(endedLine(call));
      showRunning();
    },
    onConnection(state) {
      endLine();
      note(paint("yellow", state === "lost" ? "connection lost, trying again …" : "connected again", process.stderr));
    },
    end(report) {
      endLine();
      if (report?.state === "aborted") note(paint("yellow", "stopped", process.stderr));
    },
  };
}
