import { spawn } from "node:child_process";
import { constants } from "node:os";
import { Failure, failureOf } from "./failure.mjs";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
/** Enough of a failed step's output to find the cause; an install can print megabytes. */
const MAX_OUTPUT_CHARACTERS = 64_000;

/** Tells the user of each step on stderr: a spinner on a terminal, one plain line otherwise. */
export function createProgress(stream = process.stderr) {
  const live = stream.isTTY && process.env.CI === undefined && process.env.TERM !== "dumb";

  function begin(title) {
    const startedAt = Date.now();
    let frame = 0;
    const draw = () => stream.write(`\r\x1b[2K${FRAMES[frame++ % FRAMES.length]} ${title} …`);
    const timer = live ? setInterval(draw, 100) : undefined;
    if (live) draw();
    else stream.write(`claw: ${title} …\n`);
    return (outcome) => {
      clearInterval(timer);
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      if (live) stream.write(`\r\x1b[2K${outcome === "done" ? `✓ ${title} (${seconds} s)\n` : ""}`);
      else if (outcome === "done") stream.write(`claw: ${title}: done in ${seconds} s\n`);
    };
  }

  /** Runs one program to its end. Its output is shown only when it fails. */
  async function run(title, program, args, options) {
    const end = begin(title);
    try {
      await runQuietly(title, program, args, options);
      end("done");
    } catch (error) {
      end("failed");
      throw error;
    }
  }

  return { begin, run };
}

function runQuietly(title, program, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk) => {
      output = (output + chunk).slice(-MAX_OUTPUT_CHARACTERS);
    };
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);

    // A step that is interrupted ends with its child, so that the lock is never left to a running install.
    const stop = (signal) => {
      child.kill(signal);
      process.stderr.write(`\nInterrupted while: ${title}. Run the same command again to go on from here.\n`);
      process.exit(128 + constants.signals[signal]);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, stop);
    const settle = (action) => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeListener(signal, stop);
      action();
    };

    child.once("error", (error) => settle(() => reject(startFailure(title, program, error))));
    child.once("close", (code, signal) =>
      settle(() => {
        if (code === 0) resolve();
        else
          reject(
            failureOf(
              title,
              [program, ...args].join(" "),
              signal === null ? `ended with code ${code}` : `was ended by ${signal}`,
              output,
            ),
          );
      }),
    );
  });
}

function startFailure(title, program, error) {
  if (error.code !== "ENOENT") return error;
  return new Failure(
    `${title} failed: \`${program}\` was not found. It comes with Node.js: install Node 24 with npm from https://nodejs.org, then run the same command again.`,
  );
}
