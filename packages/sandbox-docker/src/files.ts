import { randomUUID } from "node:crypto";
import type { FileInfo } from "@claw/core";
import { sandboxError } from "./errors.ts";
import { execute } from "./execute.ts";
import { FileExit, LIST_SCRIPT, READ_SCRIPT, WRITE_SCRIPT } from "./file-scripts.ts";
import type { RunningContainer } from "./running-container.ts";

export interface FileCall {
  readonly container: RunningContainer;
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 60_000;
const MAX_LISTING_BYTES = 4 * 1024 * 1024;
const MAX_STDERR_BYTES = 2_000;

export async function readFile(call: FileCall, maxBytes: number): Promise<Uint8Array | undefined> {
  const result = await runScript(call, { script: READ_SCRIPT, parameters: [String(maxBytes)], maxBytes });
  if (result.code === FileExit.missing) return undefined;
  if (result.code === FileExit.tooLarge || result.overflowed) {
    throw tooLarge(`"${call.path}" is larger than ${maxBytes} bytes. Read it in parts with a command.`);
  }
  if (result.code !== 0) throw failure("read", call.path, result);
  return result.stdout;
}

export async function writeFile(call: FileCall, content: string | Uint8Array): Promise<void> {
  const parameters = [String(Buffer.byteLength(content)), randomUUID()];
  const result = await runScript(call, { script: WRITE_SCRIPT, parameters, maxBytes: 0, stdin: content });
  if (result.code !== 0) throw failure("write", call.path, result);
}

export async function listDirectory(call: FileCall): Promise<readonly FileInfo[] | undefined> {
  const result = await runScript(call, { script: LIST_SCRIPT, parameters: [], maxBytes: MAX_LISTING_BYTES });
  if (result.code === FileExit.missing) return undefined;
  if (result.overflowed) throw tooLarge(`"${call.path}" holds too many entries to list. Use a command such as find.`);
  if (result.code !== 0) throw failure("list", call.path, result);
  const entries = Buffer.from(result.stdout).toString().split("\0").slice(0, -1).map(fileInfo);
  return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function fileInfo(line: string): FileInfo {
  const [, type, size, name = ""] = /^(.)\t(\d+)\t(.*)$/s.exec(line) ?? [];
  const kind = type === "f" ? "file" : type === "d" ? "directory" : "other";
  return { name, kind, size: kind === "directory" ? 0 : Number(size) };
}

interface ScriptCall {
  readonly script: string;
  /** After the path, which is always the first. */
  readonly parameters: readonly string[];
  readonly maxBytes: number;
  readonly stdin?: string | Uint8Array;
}

interface ScriptResult {
  readonly code: number;
  readonly stdout: Uint8Array;
  /** More than `maxBytes` came; `stdout` is not the whole. */
  readonly overflowed: boolean;
  readonly stderr: string;
}

async function runScript({ container, path, signal }: FileCall, call: ScriptCall): Promise<ScriptResult> {
  const chunks: Uint8Array[] = [];
  let stdoutBytes = 0;
  let stderr = "";
  if (path.includes("\0")) throw leavesWorkspace(path);
  const { exitCode, timedOut } = await execute(container, {
    script: call.script,
    parameters: [path === "" ? "." : path, ...call.parameters],
    stdin: call.stdin,
    timeoutMs: TIMEOUT_MS,
    signal,
    onBytes(stream, bytes) {
      if (stream === "stderr") {
        if (stderr.length < MAX_STDERR_BYTES) stderr += Buffer.from(bytes).toString();
        return;
      }
      stdoutBytes += bytes.length;
      if (stdoutBytes <= call.maxBytes) chunks.push(bytes);
    },
  });
  if (timedOut) stderr += `no answer within ${TIMEOUT_MS} ms`;
  return { code: exitCode, stdout: Buffer.concat(chunks), overflowed: stdoutBytes > call.maxBytes, stderr };
}

function failure(action: string, path: string, { code, stderr }: ScriptResult): Error {
  if (code === FileExit.escape) return leavesWorkspace(path);
  if (code === FileExit.circular) {
    return sandboxError("SANDBOX_PATH_ESCAPE", `"${path}" goes through links that lead in a circle. Use another path.`);
  }
  if (code === FileExit.notAFile || /Not a directory|File exists|Is a directory/.test(stderr)) {
    return sandboxError("SANDBOX_NOT_A_FILE", `"${path}" is not a file, or a file stands where a directory is needed.`);
  }
  if (/Read-only file system|Permission denied|Operation not permitted/.test(stderr)) {
    const reason = stderr.trim().split("\n", 1)[0];
    return sandboxError("SANDBOX_READ_ONLY", `No permission to ${action} "${path}" (${reason}).`);
  }
  const reason = code === FileExit.cutShort ? "the content arrived incomplete" : stderr.trim() || `exit code ${code}`;
  return sandboxError("SANDBOX_UNAVAILABLE", `Could not ${action} "${path}": ${reason}`);
}

function leavesWorkspace(path: string): Error {
  return sandboxError(
    "SANDBOX_PATH_ESCAPE",
    `"${path.replaceAll("\0", "\\0")}" leaves the workspace. Use a path inside it.`,
  );
}

function tooLarge(message: string): Error {
  return sandboxError("SANDBOX_FILE_TOO_LARGE", message);
}
