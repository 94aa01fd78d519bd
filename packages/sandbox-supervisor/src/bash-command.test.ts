import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { bashCommand } from "./bash-command.ts";
import { startSupervisor } from "./native.fixture.ts";

test("a script of any length keeps its parameters, its line numbers and its characters, and leaves no trace", async () => {
  await using running = await startSupervisor();
  const run = (script: string, ...parameters: readonly string[]) => {
    const { argv, env } = bashCommand(script, parameters);
    return running.bash("", { argv, env: { PATH: "/usr/bin:/bin", ...env } });
  };
  expect((await run('printf "%s|" "$0" "$@"', "a b", "", "c'")).stdout).toBe("bash|a b||c'|");
  expect((await run("true\nno-such-program")).stderr).toBe("bash: line 2: no-such-program: command not found\n");
  const long = "€😀".repeat(100_000);
  const digest = createHash("sha256").update(long).digest("hex");
  expect((await run(`printf %s '${long}' | sha256sum`)).stdout).toBe(`${digest}  -\n`);
  const seen = "env; compgen -v; tr '\\0' ' ' < /proc/$$/cmdline; echo; : no trace of me";
  expect((await run(seen)).stdout).not.toMatch(/^__(claw|script)|trace of me/m);
  expect((await run("exit 7")).exitCode).toBe(7);
  expect((await run("")).exitCode).toBe(0);
});
