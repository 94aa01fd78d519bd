import assert from "node:assert/strict";
import type { SandboxSpec } from "../sandbox.ts";
import type { Attack } from "./attacks/case.ts";
import { fileAttacks } from "./attacks/files.ts";
import { networkAttacks } from "./attacks/network.ts";
import { processAttacks } from "./attacks/processes.ts";
import { resourceAttacks } from "./attacks/resources.ts";
import { systemCallAttacks } from "./attacks/system-calls.ts";
import type { ContractCase } from "./contract.ts";
import type { SandboxContractOptions } from "./sandbox.ts";

export interface SandboxAttacksOptions extends Pick<SandboxContractOptions, "create"> {
  /** The sandbox starts processes of real programs. Default true; otherwise it only interprets. */
  readonly programs?: boolean;
  /** Attacks that a provider does not stop, each with the sentence of its `limits` that says so. */
  readonly admitted?: Readonly<Record<string, string>>;
}

const ATTACKS: readonly Attack[] = [
  ...systemCallAttacks,
  ...fileAttacks,
  ...processAttacks,
  ...networkAttacks,
  ...resourceAttacks,
];

/**
 * The attacks from inside that a sandbox must withstand, against the real thing. For one that a provider does not stop,
 * the case is that the provider itself says so.
 */
export function sandboxAttacks({
  create,
  programs = true,
  admitted = {},
}: SandboxAttacksOptions): readonly ContractCase[] {
  for (const name of Object.keys(admitted)) {
    if (!ATTACKS.some((one) => one.name === name)) throw new Error(`no attack is named "${name}"`);
  }
  return ATTACKS.map(({ name, spec, needsPrograms = false, run }) => {
    const limit = admitted[name];
    const impossible = needsPrograms && !programs;
    const prefix = limit !== undefined ? "not stopped, and said so: " : impossible ? "no program to try it with: " : "";
    return {
      name: `${prefix}${name}`,
      async run() {
        await using harness = await create();
        const { provider, workspace } = harness;
        if (limit !== undefined) {
          assert.ok(provider.limits.includes(limit), `the provider's limits do not say "${limit}"`);
          return;
        }
        await using leases = new AsyncDisposableStack();
        const acquire = async (given: Partial<SandboxSpec> = {}) =>
          leases.use(
            await provider.acquire({
              key: "attack",
              workspace: { access: "rw", path: workspace },
              network: "none",
              ...given,
            }),
          );
        const { sandbox } = await acquire(spec?.(workspace));
        if (impossible) {
          const { exitCode } = await sandbox.run("python3 -c 'print(1)' || setsid true || /bin/sh -c true");
          assert.equal(exitCode, 127);
          return;
        }
        await run({ provider, workspace, acquire, sandbox, programs });
      },
    };
  });
}
