import { editableFiles } from "@claw/agent";
import type { EditableFiles } from "@claw/core";

/** The prompt files of each agent. Agents that share a workspace share its writers' order as well. */
export function agentFiles(workspaceOf: (agent: string) => string): (agent: string) => EditableFiles {
  const byWorkspace = new Map<string, EditableFiles>();
  return (agent) => {
    const path = workspaceOf(agent);
    const files = byWorkspace.get(path) ?? editableFiles(path);
    byWorkspace.set(path, files);
    return files;
  };
}
