import type { RunResult, Tool } from "@claw/core";
import { z } from "zod";
import { execProcess } from "./exec-process.ts";
import type { Processes } from "./processes.ts";

const input = z.strictObject({
  command: z.string().min(1).max(100_000).describe("bash"),
  cwd: z.string().optional().describe("default: the workspace"),
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()).optional(),
  timeoutMs: z.int().min(1).max(86_400_000).optional().describe("default 120000; in the background 1800000"),
  background: z.boolean().optional().describe("return at once; then see process"),
  yieldMs: z.int().min(10).max(120_000).optional().describe("leave it in the background after this long"),
  pty: z.boolean().optional().describe("give it a terminal"),
});

const FOREGROUND_TIMEOUT_MS = 120_000;
const BACKGROUND_TIMEOUT_MS = 30 * 60_000;
const TERMINAL = { rows: 30, columns: 120 };

export function execTool(processes: Processes, maxOutputChars: number): Tool<z.infer<typeof input>> {
  // Most of what matters is on stdout; both together stay below the limit.
  const stderrShare = Math.floor(maxOutputChars / 4);
  return {
    name: "exec",
    description: "Run a bash command in the sandbox. Long output is cut in the middle.",
    input,
    async run({ command, cwd, env, timeoutMs, background, yieldMs, pty }, context) {
      const place = { ...(cwd === undefined ? {} : { cwd }), ...(env === undefined ? {} : { env }) };
      if (background || yieldMs !== undefined || pty) {
        const started = {
          ...place,
          command,
          timeoutMs: timeoutMs ?? (background || yieldMs !== undefined ? BACKGROUND_TIMEOUT_MS : FOREGROUND_TIMEOUT_MS),
          yieldMs: background ? 0 : yieldMs,
          ...(pty ? { terminal: TERMINAL } : {}),
        };
        return execProcess(processes, started, context, maxOutputChars);
      }
      const sandbox = await context.sandbox();
      const started = performance.now();
      const result = await sandbox.run(command, {
        ...place,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        maxOutputBytes: maxOutputChars - stderrShare,
        onOutput: (chunk) => context.progress(chunk),
        signal: context.signal,
      });
      const { exitCode, timedOut, truncated } = result;
      const durationMs = Math.round(performance.now() - started);
      return {
        output: textOf(result, stderrShare),
        failed: exitCode !== 0,
        details: { exitCode, durationMs, timedOut, truncated },
      };
    },
  };
}

function textOf({ stdout, stderr, exitCode, timedOut, exhausted = [] }: RunResult, maxStderrChars: number): string {
  const parts = [
    stdout.trimEnd(),
    stderr === "" ? "" : `[stderr]\n${tail(stderr.trimEnd(), maxStderrChars)}`,
    timedOut ? "[timed out]" : "",
    ...exhausted.map((resource) => `[the sandbox ran out of ${resource === "disk" ? "disk space" : resource}]`),
    exitCode === 0 ? "" : `[exit code ${exitCode}]`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "(no output)" : parts.join("\n");
}

/** The last words of a failing program say the most. */
function tail(text: string, maxChars: number): string {
  return text.length <= maxChars
    ? text
    : `[… ${text.length - maxChars} characters dropped …]\n${text.slice(-maxChars)}`;
}
