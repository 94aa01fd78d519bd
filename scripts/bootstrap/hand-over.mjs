import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";

/** Runs a program in our place: same terminal, same signals, same exit code. Resolves with that code. */
export function handOver([program, ...args], options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: "inherit" });
    for (const signal of ["SIGTERM", "SIGUSR2"]) process.on(signal, () => child.kill(signal));
    for (const signal of ["SIGINT", "SIGHUP"])
      process.on(
        signal,
        once(() => isForeground() || child.kill(signal)),
      );
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

/**
 * A terminal sends Ctrl-C to its whole foreground group, so the child has it already; npm then sends us a second one.
 * Passing either on would reach the gateway as an impatient second Ctrl-C.
 */
function isForeground() {
  try {
    const fields = readFileSync("/proc/self/stat", "utf8").split(") ").pop().split(" ");
    const [processGroup, , , foregroundGroup] = fields.slice(2);
    return processGroup === foregroundGroup;
  } catch {
    return process.stdin.isTTY || process.stdout.isTTY;
  }
}

/** Drops a repeat within half a second: npm repeats what a process group was sent. */
function once(action) {
  let lastAt = 0;
  return () => {
    if (Date.now() - lastAt < 500) return;
    lastAt = Date.now();
    action();
  };
}
