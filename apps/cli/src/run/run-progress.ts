import type { ToolData } from "@claw/protocol";
import type { RunObserver, ToolCall, ToolCallReport } from "./run-report.ts";

/** Longest output kept of one tool call, in characters. */
const MAX_TOOL_OUTPUT = 1_000_000;

/** What a run has said and done so far, told to the observer piece by piece. */
export function createProgress(observer: RunObserver) {
  const open = new Map<string, ToolCall>();
  const toolCalls: ToolCallReport[] = [];
  let stepText = "";
  let lastStepText = "";
  let modelName: string | undefined;

  function restart(): void {
    if (stepText !== "") observer.onRestart?.();
    stepText = "";
  }

  function delta(text: string, replace: boolean): void {
    if (replace) restart();
    stepText += text;
    observer.onText?.(text);
  }

  /** Pieces may have been missed: shows what is not shown yet. */
  function textSoFar(text: string): void {
    if (text === stepText) return;
    if (text.startsWith(stepText)) delta(text.slice(stepText.length), false);
    else delta(text, true);
  }

  return {
    delta,
    textSoFar,
    finalText(text: string): void {
      // A run that was stopped during a tool call ends with the text of a step that is shown already.
      if (text !== "" && !(stepText === "" && text === lastStepText)) textSoFar(text);
    },
    tool(data: ToolData): void {
      const { toolCallId: id, name } = data;
      if (data.phase === "start") {
        const call = { id, name, args: data.args };
        open.set(id, call);
        if (stepText !== "") lastStepText = stepText;
        stepText = "";
        observer.onToolStart?.(call);
      } else if (data.phase === "result") {
        const { content, details = {} } = data.result;
        const output = content.map(({ text }) => text).join("\n");
        const { args } = open.get(id) ?? { args: undefined };
        const call = { id, name, args, output: output.slice(0, MAX_TOOL_OUTPUT), failed: data.isError, details };
        open.delete(id);
        toolCalls.push(call);
        observer.onToolEnd?.(call);
      }
    },
    model(name: string): void {
      modelName = name;
    },
    toolCalls: toolCalls as readonly ToolCallReport[],
    get text() {
      return stepText;
    },
    get modelName() {
      return modelName;
    },
  };
}
