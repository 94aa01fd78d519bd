/** One file that goes into every prompt, as people edit it. */
export interface EditableFile {
  readonly name: string;
  readonly path: string;
  /** Absent, like what follows, when there is none. */
  readonly content?: string;
  /** Lower-case hex SHA-256 of the content. */
  readonly hash?: string;
  readonly size?: number;
  readonly updatedAt?: Date;
  /** Why it can't be used; in a list only. */
  readonly problem?: string;
}

/** The files of one workspace that go into every prompt, by their fixed names. */
export interface EditableFiles {
  readonly path: string;
  /** In the order of the prompt, missing ones and those that can't be used as well. */
  list(): Promise<readonly EditableFile[]>;
  /** `undefined` for a name that is none of them. Rejects with `AGENT_FILE`, as `write` does. */
  read(name: string): Promise<EditableFile | undefined>;
  /**
   * Replaces it as a whole: after a crash there is the old or the new text. With `expectedHash`, `null` for a missing
   * one, rejects with `AGENT_FILE_CHANGED` when that is not what there is.
   */
  write(name: string, content: string, expectedHash?: string | null): Promise<EditableFile | undefined>;
}
