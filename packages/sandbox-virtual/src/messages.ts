import type { FileInfo, SandboxErrorCode } from "@claw/core";

/** What a worker is started with; paths are the host's. */
export interface WorkerSettings {
  readonly workspace: string;
  readonly readOnly: boolean;
  readonly temporary: string;
  /** Contents of further files, by path. They are in memory alone. */
  readonly files: Readonly<Record<string, string>>;
}

/** What can be asked of a worker, and what it answers. File paths are relative to the workspace and normalised. */
export interface Operations {
  readonly run: {
    readonly input: {
      readonly command: string;
      readonly cwd: string;
      readonly env: Readonly<Record<string, string>>;
      readonly stdin: Uint8Array;
    };
    readonly output: { readonly exitCode: number; readonly stdout: string; readonly stderr: string };
  };
  readonly read: {
    readonly input: { readonly path: string; readonly maxBytes: number };
    readonly output: Uint8Array | undefined;
  };
  readonly write: {
    readonly input: { readonly path: string; readonly content: Uint8Array };
    readonly output: undefined;
  };
  readonly list: { readonly input: { readonly path: string }; readonly output: readonly FileInfo[] | undefined };
}

export type Operation = keyof Operations;

export type ToWorker =
  | { readonly id: number; readonly operation: Operation; readonly input: Operations[Operation]["input"] }
  | { readonly id: number; readonly operation: "abort" };

export type FromWorker =
  | { readonly id: number; readonly output: Operations[Operation]["output"] }
  | { readonly id: number; readonly error: { readonly code: SandboxErrorCode; readonly message: string } };
