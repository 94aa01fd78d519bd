import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const LOOK_EVERY_MS = 100;

/** A program in a terminal of its own; disposing it ends the program. */
export interface Terminal extends AsyncDisposable {
  /** Types a line and presses Enter. */
  type(line: string): Promise<void>;
  /** Presses a key by tmux's name for it. */
  press(key: string): Promise<void>;
  /** Resolves once the screen has the text, rejects with the screen after `timeoutMs`. */
  shows(text: string, timeoutMs?: number): Promise<void>;
}

export interface TerminalOptions {
  readonly command: readonly string[];
  /** All that the program gets to see. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export async function openTerminal({ command, env }: TerminalOptions): Promise<Terminal> {
  const socket = `claw-${randomUUID()}`;
  const tmux = async (...args: readonly string[]): Promise<string> =>
    (await run("tmux", ["-L", socket, "-f", "/dev/null", ...args], { env: { ...env, TERM: "xterm-256color" } })).stdout;
  await tmux("new-session", "-d", "-x", "120", "-y", "40", "--", ...command);
  await tmux("set-option", "remain-on-exit", "on");
  return {
    async type(line) {
      await tmux("send-keys", "-l", "--", line);
      await tmux("send-keys", "Enter");
    },
    async press(key) {
      await tmux("send-keys", key);
    },
    async shows(text, timeoutMs = 120_000) {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        const screen = await tmux("capture-pane", "-p");
        if (screen.includes(text)) return;
        if (performance.now() > deadline) throw new Error(`expected ${JSON.stringify(text)} on the screen:\n${screen}`);
        await pause(LOOK_EVERY_MS);
      }
    },
    async [Symbol.asyncDispose]() {
      await tmux("kill-server").catch(() => {});
    },
  };
}
