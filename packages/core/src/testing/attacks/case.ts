import type { RunOptions, RunResult, Sandbox, SandboxLease, SandboxProvider, SandboxSpec } from "../../sandbox.ts";

export interface AttackContext {
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
  readonly run: (context: AttackContext) => Promise<void>;
}

/** No attack may take longer, whatever it does: the run itself says so, in time. */
const ATTACK_MS = 20_000;

export const attempt = (sandbox: Sandbox, command: string, options: RunOptions = {}): Promise<RunResult> =>
  sandbox.run(command, { timeoutMs: ATTACK_MS, ...options });
