/** A test that may be skipped even in CI, where everything this repository needs is installed. */
export interface AllowedSkip {
  /** Path of the test file from the root. */
  readonly file: string;
  /** The test's full name, groups and test joined by " > ". */
  readonly test: string;
  /** Why no machine of ours can run it. */
  readonly because: string;
}

export const allowedSkips: readonly AllowedSkip[] = [];
