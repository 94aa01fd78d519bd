import type { EditableFile, EditableFiles } from "@claw/core";
import { ClawError } from "@claw/core";
import { type AgentFile, type AgentFilesResults, invalidRequest } from "@claw/protocol";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { checkAgent } from "./unknown-agent.ts";

/** Methods about the files that go into an agent's prompt. */
export function agentFileMethods({ agents, agentFiles }: MethodDeps): Pick<Handlers, keyof AgentFilesResults> {
  if (agentFiles === undefined) {
    return { "agents.files.list": undefined, "agents.files.get": undefined, "agents.files.set": undefined };
  }
  const filesOf = (agentId: string): EditableFiles => {
    checkAgent({ agents }, agentId);
    return agentFiles(agentId);
  };
  return {
    async "agents.files.list"({ agentId }) {
      const files = filesOf(agentId);
      return { agentId, workspace: files.path, files: (await files.list()).map(row) };
    },
    async "agents.files.get"({ agentId, name }) {
      const files = filesOf(agentId);
      return { agentId, workspace: files.path, file: whole(await told(files.read(name)), name) };
    },
    async "agents.files.set"({ agentId, name, content, expectedHash }) {
      const files = filesOf(agentId);
      const written = await told(files.write(name, content, expectedHash));
      return { ok: true, agentId, workspace: files.path, file: whole(written, name) };
    },
  };
}

/** A file that can't be used is a mistake of the request, and says what to do. */
function told<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (!ClawError.is(error) || !error.code.startsWith("AGENT_FILE")) throw error;
    const details = error.code === "AGENT_FILE_CHANGED" ? { code: "FILE_CHANGED" as const } : undefined;
    throw new MethodError(invalidRequest(error.message, details));
  });
}

function row({ name, path, size, hash, updatedAt, problem }: EditableFile): AgentFile {
  return {
    name,
    path,
    missing: hash === undefined && problem === undefined,
    ...(problem === undefined ? {} : { problem }),
    ...(size === undefined ? {} : { size }),
    ...(hash === undefined ? {} : { hash }),
    ...(updatedAt === undefined ? {} : { updatedAtMs: updatedAt.getTime() }),
  };
}

function whole(file: EditableFile | undefined, name: string): AgentFile & { readonly content?: string } {
  if (file === undefined) throw new MethodError(invalidRequest(`there is no file ${name}; agents.files.list has them`));
  return { ...row(file), ...(file.content === undefined ? {} : { content: file.content }) };
}
