import type { RunOptions, RunResult, Sandbox, SandboxLease, SandboxProvider, SandboxSpec } from "../../sandbox.ts";

interface AttackContext {
  readonly provider: SandboxProvider;
  /** The host directory behind `/workspace`. */
  readonly workspace: string;
  readonly sandbox: Sandbox;
  /** The sandbox starts processes of real programs; another only interprets. */
  readonly programs: boolean;
  /** A further lease, disposed with the attack. */
  acquire(spec?: Partial<SandboxSpec>): Promise<SandboxLease>;
}

export interface Attack {
  /** What is tried, and how it ends. */
  readonly name: string;
  /** What differs from a writable workspace under the key `attack`. */
  readonly spec?: (workspace: string) => Partial<SandboxSpec>;
  /** It is made with programs that only a sandbox of real processes has. */
  readonly needsPrograms?: boolean;
  readonly run: (context: AttackContext) => Promise<void>;
}

/** No attack may take longer, whatever it does: the run itself says so, in time. */
const ATTACK_MS = 20_000;

export const attempt = (sandbox: Sandbox, command: string, options: RunOptions = {}): Promise<RunResult> =>
  sandbox.run(command, { timeoutMs: ATTACK_MS, ...options });

/** Runs each command and returns those that succeeded. */
export async function succeeded(sandbox: Sandbox, commands: readonly string[]): Promise<readonly string[]> {
  const script = commands.map((command, at) => `(${command}) >/dev/null 2>&1 </dev/null && echo ${at}`).join("\n");
  const { stdout } = await attempt(sandbox, `${script}\nexit 0`);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => commands[Number(line)] ?? line);
}

export const isAlive = async (sandbox: Sandbox): Promise<boolean> =>
  (await attempt(sandbox, "echo alive")).stdout === "alive\n";
