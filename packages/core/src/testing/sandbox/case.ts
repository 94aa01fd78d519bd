import assert from "node:assert/strict";
import { ClawError } from "../../errors.ts";
import type { Sandbox, SandboxErrorCode, SandboxLease, SandboxProvider, SandboxSpec } from "../../sandbox.ts";

interface SandboxCaseContext {
  readonly provider: SandboxProvider;
  /** The host directory behind `/workspace`. */
  readonly workspace: string;
  readonly sandbox: Sandbox;
  /** A further lease, disposed with the case. */
  acquire(spec?: Partial<SandboxSpec>): Promise<SandboxLease>;
}

export interface SandboxCase {
  readonly name: string;
  /** What differs from a writable workspace under the key `contract`. */
  readonly spec?: (workspace: string) => Partial<SandboxSpec>;
  readonly run: (context: SandboxCaseContext) => Promise<void>;
}

export async function rejects(work: Promise<unknown>, code: SandboxErrorCode): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(ClawError.is(error), `expected a ClawError ${code}, found ${String(error)}`);
    assert.equal(error.code, code, error.message);
    return true;
  });
}

/** Runs a command that must succeed without a word on stderr. */
export async function output(sandbox: Sandbox, command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await sandbox.run(command);
  assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" });
  return stdout;
}

export async function readText(sandbox: Sandbox, path: string): Promise<string | undefined> {
  const bytes = await sandbox.readFile(path);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}
