import type { CallOptions } from "./call-options.ts";

export interface MemoryScope {
  readonly agent: string;
  readonly subject?: string;
}

export interface MemoryEntry {
  readonly id: string;
  readonly text: string;
  readonly tags: readonly string[];
  readonly createdAt: Date;
}

/** A scope never sees another scope's entries. */
export interface Memory {
  remember(
    scope: MemoryScope,
    entry: { readonly text: string; readonly tags?: readonly string[] },
  ): Promise<MemoryEntry>;
  /** Best first. */
  recall(
    scope: MemoryScope,
    query: string,
    options?: CallOptions & { readonly limit?: number },
  ): Promise<readonly MemoryEntry[]>;
  /** False when there was nothing to forget. */
  forget(scope: MemoryScope, id: string): Promise<boolean>;
}
