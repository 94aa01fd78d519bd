import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { Failure } from "./failure.mjs";

const PARENT_CHECK_MS = 1_000;
/** npm repeats a signal that the terminal has sent to everyone already. */
const REPEAT_MS = 500;

/** Runs a program in our place: same terminal, same signals, same exit code. Resolves with that code. */
export function handOver([program, ...args], options) {
  if (program === undefined) throw new Failure("Name the program to run, for example: exec biome check .");
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: "inherit" });
    const watch = watchParent(() => child.kill("SIGTERM"));
    for (const signal of ["SIGINT", "SIGHUP"]) {
      process.on(
        signal,
        withoutRepeats(() => {
          clearInterval(watch);
          if (!isForeground()) child.kill(signal);
        }),
      );
    }
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    child.once("error", (error) => reject(error.code === "ENOENT" ? new Failure(`${program}: not found`) : error));
    child.once("close", (code, signal) => {
      clearInterval(watch);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/**
 * npm passes a signal to the shell it runs us in; the shell dies of it without telling us, and the gateway would stay
 * behind as nobody's child.
 */
function watchParent(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, PARENT_CHECK_MS);
  return timer;
}

/**
 * A terminal sends Ctrl-C to its whole foreground group, so the child has it already; passed on, it would reach the
 * gateway as an impatient second one.
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

function withoutRepeats(action) {
  let lastAt = 0;
  return () => {
    if (Date.now() - lastAt >= REPEAT_MS) action();
    lastAt = Date.now();
  };
}
