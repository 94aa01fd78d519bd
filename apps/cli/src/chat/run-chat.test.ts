import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningGateway, startGateway } from "../testing/gateway.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** A chat in a pseudo-terminal. */
function chat(session: string) {
  const line = `"${process.execPath}" --conditions=@claw/source "${MAIN}" chat --session ${session}`;
  const child = spawn("script", ["-qec", line, "/dev/null"], {
    env: { PATH: process.env["PATH"] ?? "", TERM: "xterm", SHELL: "/bin/sh", ...gateway.env },
  });
  let screen = "";
  let wake = (): void => {};
  child.stdout.setEncoding("utf8").on("data", (text) => {
    screen += text;
    wake();
  });
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    exit,
    type: (keys: string) => void child.stdin.write(keys),
    /** Resolves with what was shown up to `text`, which is then behind. */
    async until(text: string): Promise<string> {
      for (;;) {
        const shown = stripVTControlCharacters(screen);
        const end = shown.indexOf(text);
        if (end >= 0) {
          screen = shown.slice(end + text.length);
          return shown.slice(0, end);
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

const hasScript = process.platform === "linux" && existsSync("/usr/bin/script");

test.skipIf(!hasScript && process.env["CI"] !== "true")(
  "talks in a terminal: an answer, a stopped answer, a paste, and Ctrl-C to leave (needs util-linux's script)",
  async () => {
    const { type, until, exit } = chat("terminal");
    await until("› ");
    type("run `echo typed`\r");
    await until("exit 0");
    await until("› ");

    type("run `sleep 60`\r");
    await until("⠙ exec sleep 60");
    type("not shown while it runs");
    type("\x03");
    expect(await until("stopped")).not.toContain("not shown");
    await until("› ");
    type("\x15");

    type("run `echo pasted`\rthen run `echo together`\r");
    await until("echo together");
    await until("pasted");
    await until("together");
    await until("› ");
    type("\x03");
    expect(await exit).toBe(0);
  },
);
