/** A failure that is fully told by its message; anything else is a defect and is shown with its stack. */
export class Failure extends Error {}

const hints = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|ERR_PNPM_META_FETCH_FAIL|network (?:error|request)/i,
    "The npm registry can't be reached. Check the network (behind a proxy: `npm config set proxy URL`), then run the same command again: finished steps are kept.",
  ],
  [/ENOSPC|no space left/i, "The disk is full. Claw needs about 2 GB for its tools, dependencies and build."],
  [
    /EACCES|EPERM|permission denied/i,
    "A file can't be written. Check who owns this folder and ~/.npm, then run the same command again.",
  ],
  [
    /ERR_PNPM_OUTDATED_LOCKFILE|frozen-lockfile/i,
    "pnpm-lock.yaml doesn't match the package.json files. Run `pnpm install` and commit the lockfile.",
  ],
];

/** What a failed step printed, and what to do about it where the output says so. */
export function failureOf(title, command, ending, output) {
  const hint =
    hints.find(([pattern]) => pattern.test(output))?.[1] ??
    "The output above is the end of what it printed. Run the same command again once the cause is mended.";
  const tail = output.trimEnd().split("\n").slice(-40).join("\n");
  return new Failure(`${tail === "" ? "" : `${tail}\n\n`}${title} failed: \`${command}\` ${ending}.\n${hint}`);
}
