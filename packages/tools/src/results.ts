import { ClawError, type Provenance, type SandboxErrorCode, type ToolResult } from "@claw/core";

const expected: readonly string[] = [
  "SANDBOX_FILE_TOO_LARGE",
  "SANDBOX_NOT_A_FILE",
  "SANDBOX_PATH_ESCAPE",
  "SANDBOX_READ_ONLY",
] satisfies readonly SandboxErrorCode[];

export function failure(output: string): ToolResult {
  return { output, failed: true };
}

/** What the sandbox refuses by its rules is a result the model can act on; all else rejects. */
export async function withRefusals(work: () => Promise<ToolResult>): Promise<ToolResult> {
  try {
    return await work();
  } catch (error) {
    if (ClawError.is(error) && expected.includes(error.code)) return failure(error.message);
    throw error;
  }
}

/** Files of the workspace are as trusted as the owner who put them there; what wrote them is tracked where it ran. */
export function fromFile(path: string): Provenance {
  return { origins: ["file"], trust: "trusted", because: [path] };
}
