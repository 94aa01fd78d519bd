import type { OutputChunk } from "@claw/core";

export interface ExecuteOptions {
  readonly script: string;
  /** Positional parameters of the script. */
  readonly parameters?: readonly string[];
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly stdin?: string | Uint8Array | undefined;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes: (stream: OutputChunk["stream"], bytes: Uint8Array) => void;
}
