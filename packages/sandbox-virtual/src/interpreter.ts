import { Bash, type CommandName, getCommandNames, InMemoryFs, MountableFs, OverlayFs, ReadWriteFs } from "just-bash";
import { createOnce } from "./create-once.ts";
import { refuseSpecialFiles } from "./file-guard.ts";
import type { WorkerSettings } from "./messages.ts";

const MEBIBYTE = 1024 * 1024;

/** Left out: SQLite runs in WebAssembly memory that no worker limit covers; the others need runtimes or a network. */
const absent: readonly string[] = ["sqlite3", "python3", "python", "js-exec", "curl", "html-to-markdown"];

const names = getCommandNames().filter((name) => !absent.includes(name));

/** What scripts look for outside of the workspace; the commands themselves are built in. */
const systemFiles = Object.fromEntries([
  ["/dev/null", ""],
  ...names.map((name) => [`/usr/bin/${name}`, "# built into the interpreter\n"]),
]);

/** Links are refused altogether: it is what the interpreter can check without a race. */
export function createInterpreter({ workspace, readOnly, temporary, files }: WorkerSettings): Bash {
  const maxFileReadSize = 64 * MEBIBYTE;
  const fs = new MountableFs({ base: new InMemoryFs({ ...systemFiles, ...files }, { maxTotalBytes: 16 * MEBIBYTE }) });
  fs.mount(
    "/workspace",
    refuseSpecialFiles(
      readOnly
        ? new OverlayFs({ root: workspace, mountPoint: "/", readOnly: true, maxFileReadSize })
        : createOnce(new ReadWriteFs({ root: workspace, maxFileReadSize }), workspace),
    ),
  );
  fs.mount("/tmp", refuseSpecialFiles(new ReadWriteFs({ root: temporary, maxFileReadSize })));
  return new Bash({
    fs,
    cwd: "/workspace",
    env: { HOME: "/workspace", USER: "claw", TMPDIR: "/tmp", LANG: "C.UTF-8" },
    commands: names as CommandName[],
    executionLimitProfile: "hardened",
    executionLimits: {
      // Time is limited from outside, by ending the worker; these would only end honest loops early.
      maxCommandCount: Number.POSITIVE_INFINITY,
      maxLoopIterations: Number.POSITIVE_INFINITY,
      maxAwkIterations: Number.POSITIVE_INFINITY,
      maxSedIterations: Number.POSITIVE_INFINITY,
      maxJqIterations: Number.POSITIVE_INFINITY,
      maxWorkUnits: Number.POSITIVE_INFINITY,
      maxExecutionTimeMs: Number.POSITIVE_INFINITY,
      maxArrayElements: 1_000_000,
      maxStringLength: 32 * MEBIBYTE,
      maxOutputSize: 32 * MEBIBYTE,
    },
    // The worker's realm is ours to change: nothing else lives in it.
    defenseInDepth: { enabled: true, processLifetimeIntrinsicHardening: true },
  });
}
