export type { BeforeCompaction, Leaving } from "./context/compact.ts";
export type { CompactionOptions, ContextOptions, PruningOptions } from "./context/limits.ts";
export { type AgentOptions, createAgent } from "./create-agent.ts";
export { editableFiles } from "./editable-files.ts";
export type { AgentErrorCode } from "./errors.ts";
export { type AgentPreset, presets } from "./presets.ts";
export { WORKSPACE_FILES, workspaceFiles } from "./workspace-files.ts";
