import type { Tool } from "@claw/core";
import { askUserTool } from "./ask-user.ts";
import { editTool } from "./edit.ts";
import { execTool } from "./exec.ts";
import { lsTool } from "./ls.ts";
import { processTool } from "./process.ts";
import { createProcesses } from "./processes.ts";
import { readTool } from "./read.ts";
import { writeTool } from "./write.ts";

export interface BuiltinToolsOptions {
  /** Of one result, as the model reads it. Default 16,000. */
  readonly maxOutputChars?: number;
}

/** exec, process, read, write, edit and ls, each through the sandbox of its call; and ask_user. */
export function builtinTools({ maxOutputChars = 16_000 }: BuiltinToolsOptions = {}): readonly Tool[] {
  const processes = createProcesses();
  return [
    execTool(processes, maxOutputChars),
    processTool(processes, maxOutputChars),
    readTool(maxOutputChars),
    writeTool(),
    editTool(),
    lsTool(maxOutputChars),
    askUserTool(),
  ];
}
