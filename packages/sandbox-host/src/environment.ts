import { homedir, userInfo } from "node:os";

/** By these a variable becomes a program, or changes which one runs. */
const REFUSED =
  /^(?:PATH|IFS|ENV|BASH_ENV|BASH_FUNC_.*|SHELLOPTS|BASHOPTS|PS4|PROMPT_COMMAND|LD_.*|DYLD_.*|GLIBC_TUNABLES|GCONV_PATH|NODE_OPTIONS|NODE_PATH|PYTHONPATH|PYTHONHOME|PYTHONSTARTUP|PERL5LIB|PERL5OPT|RUBYOPT|RUBYLIB|GIT_.*|EDITOR|VISUAL|PAGER|__claw_.*)$/i;

/** Names the sandbox in the environment of all its processes, by which they are found again. */
export const SANDBOX_MARK = "CLAW_SANDBOX";
/** The same for one command. */
export const COMMAND_MARK = "CLAW_COMMAND";

/** What every command starts with. Of this process's own environment it is the path of programs and the language. */
export function baseEnvironment(): Readonly<Record<string, string>> {
  const { PATH = "/usr/local/bin:/usr/bin:/bin", LANG = "C.UTF-8" } = process.env;
  return { PATH, LANG, HOME: homedir(), USER: userInfo().username };
}

/** The first variable that may not be set, if any. */
export function refusedVariable(env: Readonly<Record<string, string>>): string | undefined {
  return Object.keys(env).find((name) => REFUSED.test(name) || name === SANDBOX_MARK || name === COMMAND_MARK);
}
