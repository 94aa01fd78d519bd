import {
  ClawError,
  type Effect,
  type NewEntry,
  type Provenance,
  type ToolCall,
  type ToolMessage,
  type ToolResult,
} from "@claw/core";

/** A tool's output is as trustworthy as its sandbox, unless the tool says otherwise. */
const FROM_TOOL: Provenance = { origins: ["tool"], trust: "trusted", because: [] };

export type ToolEntry = NewEntry & { readonly message: ToolMessage };

export function entryOf(call: Pick<ToolCall, "id" | "tool">, result: ToolResult): ToolEntry {
  const { output, failed, details, provenance = FROM_TOOL } = result;
  return {
    provenance,
    message: {
      role: "tool",
      callId: call.id,
      tool: call.tool,
      output,
      failed,
      ...(details === undefined ? {} : { details }),
    },
  };
}

/** What the model reads of an effect that a crash cut off. */
export function unknownOutcome(effect: Effect): ToolEntry {
  const output =
    "Outcome unknown: the gateway stopped while this call was running, and it was not run again. Check the state before you repeat it.";
  return entryOf({ id: effect.id, tool: effect.action }, { output, failed: true, details: { outcome: "unknown" } });
}

export function notRun(): ToolResult {
  return failure("Not run: the turn was stopped before this call.");
}

/** What the model reads of a tool that was told to stop and did not. */
export function stuck(): ToolResult {
  return failure("Outcome unknown: the call was stopped and did not end. Check the state before you repeat it.", {
    outcome: "unknown",
  });
}

export function failure(output: string, details?: ToolResult["details"]): ToolResult {
  return { output, failed: true, ...(details === undefined ? {} : { details }) };
}

export function failureOf(error: unknown): ToolResult {
  if (ClawError.is(error)) return failure(error.message, { code: error.code });
  return failure(error instanceof Error ? `The tool failed: ${error.message}` : "The tool failed.");
}

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export function invalidInput(call: Pick<ToolCall, "tool">, issues: readonly Issue[]): ToolResult {
  const lines = issues.slice(0, 10).map(({ path = [], message }) => {
    const at = path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
    return at === "" ? message : `${at}: ${message}`;
  });
  return failure(`The input of ${call.tool} does not fit its schema:\n${lines.join("\n")}`, { code: "TOOL_INPUT" });
}

/** The call in a few words, for a waterfall. */
export function labelOf({ tool, input }: ToolCall): string {
  const fields = typeof input === "object" && input !== null ? Object.values(input) : [];
  const first = fields.find((field) => typeof field === "string");
  return first === undefined ? tool : `${tool} ${first.slice(0, 80)}`;
}
