import type { CallOptions } from "./call-options.ts";

export interface Skill {
  readonly name: string;
  readonly description: string;
  /** Read on demand. */
  instructions(): Promise<string>;
}

/** A malformed skill is a diagnostic; only an unreadable source rejects. */
export interface SkillSource {
  load(options?: CallOptions): Promise<{
    readonly skills: readonly Skill[];
    readonly diagnostics: readonly { readonly path: string; readonly message: string }[];
  }>;
}
