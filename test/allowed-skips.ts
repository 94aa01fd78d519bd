/** A test that may be skipped even in CI, where everything this repository needs is installed. */
export interface AllowedSkip {
  /** Path of the test file from the root. */
  readonly file: string;
  /** The test's full name, groups and test joined by " > ". */
  readonly test: string;
  /** Why no machine of ours can run it. */
  readonly because: string;
}

const contract = (file: string, cases: Readonly<Record<string, string>>): readonly AllowedSkip[] =>
  Object.entries(cases).map(([test, because]) => ({ file, test, because }));

export const allowedSkips: readonly AllowedSkip[] = [
  ...contract("packages/sandbox-virtual/src/virtual-sandbox.contract.test.ts", {
    "a killed command's exit code is 128 plus the signal": "an interpreter has no processes and no signals",
    "output from before the timeout is kept": "the interpreter yields output when the command ends",
    "output is handed over while the command still runs": "the interpreter yields output when the command ends",
    "output that is no UTF-8 becomes replacement characters": "the interpreter reads such output as Latin-1",
    "a line break in a file name is a character like others": "the interpreter's globs pass over such names",
    "a link that stays inside the workspace is followed": "the interpreter can check links only by refusing them all",
  }),
  ...contract("packages/sandbox-host/src/host-sandbox.contract.test.ts", {
    "secrets are files in memory that a model is told of by name, and another sandbox has none":
      "no file of the host is made",
    "variables and the directory of one command do not reach the next": "the workspace has its own name there",
    "the working directory is the workspace, a path in it, or an absolute path": "the workspace has its own name there",
    "a link to a file outside is neither read nor written": "nothing is hidden from a command on the host",
    "a link to a directory outside is neither listed nor passed through":
      "nothing is hidden from a command on the host",
    "a dangling link to the outside creates nothing there": "nothing is hidden from a command on the host",
    "commands do not see the host's files": "nothing is hidden from a command on the host",
    "no command reaches the host's network": "nothing is hidden from a command on the host",
    "a read-only workspace can be read and in no way written": "a read-only workspace is refused",
  }),
  ...contract("packages/models/src/demo/demo-model.contract.test.ts", {
    "tool calls of one step have different ids": "the demo asks for one tool a step",
    "a failure is the end of the stream, never thrown": "the demo has nothing that can fail",
    "a signal that fires in silence ends the stream as aborted": "the demo is never silent",
  }),
];
