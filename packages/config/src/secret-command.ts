import { spawn } from "node:child_process";
import { lstat, realpath } from "node:fs/promises";
import { dirname, isAbsolute } from "node:path";
import type { Environment, SecretResolution } from "./secret.ts";
import { atHome } from "./secret-file.ts";
import type { SecretProvider } from "./secrets-schema.ts";

type ExecProvider = Extract<SecretProvider, { readonly source: "exec" }>;

interface Question {
  /** How messages call the provider. */
  readonly label: string;
  readonly ids: readonly string[];
  readonly env: Environment;
}

type Answer = { readonly values: ReadonlyMap<string, SecretResolution> } | { readonly problem: string };

/** Codes of a command that are shown; everything else it says may be a secret. */
const SHOWN_CODES = new Set(["NOT_FOUND", "AMBIGUOUS_DUPLICATE_KEY"]);

/** Runs the command once for all ids, without a shell. Never rejects. */
export async function askCommand(provider: ExecProvider, { label, ids, env }: Question): Promise<Answer> {
  const command = atHome(provider.command, env);
  const distrust = await distrusted(
    command,
    provider.trustedDirs?.map((path) => atHome(path, env)),
  );
  if (distrust !== undefined) return { problem: `${label}.command ${distrust}` };
  const name = label.slice(label.lastIndexOf(".") + 1);
  const question = JSON.stringify({ protocolVersion: 1, provider: name, ids });
  const output = await run(command, provider, question, env);
  if ("problem" in output) return { problem: `${label}.command ${output.problem}` };
  return read(output.text, provider, { label, ids, env });
}

async function distrusted(command: string, trustedDirs: readonly string[] | undefined): Promise<string | undefined> {
  if (!isAbsolute(command)) return "is not an absolute path";
  try {
    const stats = await lstat(command);
    if (stats.isSymbolicLink()) return "is a link; name the real program, as realpath shows it";
    if (!stats.isFile()) return "is not a file";
    if ((stats.mode & 0o022) !== 0) return "can be written by others; run chmod go-w on it";
    const self = process.getuid?.();
    if (self !== undefined && stats.uid !== self && stats.uid !== 0) return "belongs to another user";
    if (trustedDirs === undefined) return undefined;
    const directory = `${await realpath(dirname(command))}/`;
    const trusted = await Promise.all(trustedDirs.map((path) => realpath(path).catch(() => undefined)));
    return trusted.some((path) => path !== undefined && directory.startsWith(`${path}/`))
      ? undefined
      : "lies in none of trustedDirs";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? "names no file" : `can't be looked at: ${code}`;
  }
}

function run(
  command: string,
  { args, env: own, passEnv, timeoutMs, noOutputTimeoutMs = timeoutMs, maxOutputBytes }: ExecProvider,
  input: string,
  env: Environment,
): Promise<{ readonly text: string } | { readonly problem: string }> {
  const { promise, resolve } = Promise.withResolvers<{ readonly text: string } | { readonly problem: string }>();
  const passed = Object.fromEntries(passEnv.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
  // A group of its own, so that what the program started ends with it.
  const child = spawn(command, args, {
    env: { ...passed, ...own },
    cwd: "/",
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const chunks: Buffer[] = [];
  let size = 0;
  const end = (result: { readonly text: string } | { readonly problem: string }): void => {
    clearTimeout(deadline);
    clearTimeout(silence);
    if (child.exitCode === null && child.signalCode === null) killGroup(child.pid);
    child.stdout.destroy();
    resolve(result);
  };
  const deadline = setTimeout(() => end({ problem: `gave no answer within ${timeoutMs} ms` }), timeoutMs);
  const silence = setTimeout(() => end({ problem: `was silent for ${noOutputTimeoutMs} ms` }), noOutputTimeoutMs);
  child.on("error", (error: NodeJS.ErrnoException) => end({ problem: `can't be run: ${error.code}` }));
  child.stdin.on("error", () => {
    // A program that does not read its input may still answer.
  });
  child.stdin.end(input);
  child.stdout.on("data", (chunk: Buffer) => {
    silence.refresh();
    size += chunk.length;
    if (size > maxOutputBytes) return end({ problem: `said more than ${maxOutputBytes} bytes` });
    chunks.push(chunk);
  });
  child.on("close", (code, signal) => {
    if (code === 0) end({ text: Buffer.concat(chunks).toString("utf8") });
    else end({ problem: signal === null ? `failed with code ${code}` : `was ended by ${signal}` });
  });
  return promise;
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

function read(text: string, { jsonOnly }: ExecProvider, { label, ids }: Question): Answer {
  const [only, ...others] = ids;
  const answer = parse(text);
  if (answer === undefined) {
    const plain = text.replace(/\r?\n$/, "");
    if (jsonOnly || only === undefined || others.length > 0 || plain === "") {
      return { problem: `${label}.command answered something other than { protocolVersion: 1, values }` };
    }
    return { values: new Map([[only, { text: plain }]]) };
  }
  return {
    values: new Map(
      ids.map((id): [string, SecretResolution] => {
        const value = Object.hasOwn(answer.values, id) ? answer.values[id] : undefined;
        return [
          id,
          typeof value === "string" && value !== ""
            ? { text: value }
            : { problem: notFound(label, answer.errors?.[id]) },
        ];
      }),
    ),
  };
}

interface Reply {
  readonly values: Readonly<Record<string, unknown>>;
  readonly errors?: Readonly<Record<string, unknown>>;
}

function parse(text: string): Reply | undefined {
  try {
    const { protocolVersion, values, errors } = JSON.parse(text);
    if (protocolVersion !== 1 || typeof values !== "object" || values === null) return undefined;
    return { values, ...(typeof errors === "object" && errors !== null ? { errors } : {}) };
  } catch {
    return undefined;
  }
}

function notFound(label: string, error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  const shown = typeof code === "string" && SHOWN_CODES.has(code) ? ` (${code})` : "";
  return `${label} did not find it${shown}`;
}
