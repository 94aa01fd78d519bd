import type { Awaitable } from "../call-options.ts";
import type { SandboxProvider, SandboxSpec } from "../sandbox.ts";
import { type ContractCase, type Skips, withSkips } from "./contract.ts";
import type { SandboxCase } from "./sandbox/case.ts";
import { fileCases } from "./sandbox/files.ts";
import { lifecycleCases } from "./sandbox/lifecycle.ts";
import { networkCases } from "./sandbox/network.ts";
import { outputCases } from "./sandbox/output.ts";
import { pathCases } from "./sandbox/paths.ts";
import { noProcesses, processCases } from "./sandbox/processes.ts";
import { runCases } from "./sandbox/run.ts";
import { secretCases } from "./sandbox/secrets.ts";
import { workspaceCases } from "./sandbox/workspace.ts";

export interface SandboxHarness extends AsyncDisposable {
  readonly provider: SandboxProvider;
  /** An empty host directory the provider can mount; the cases write to it. */
  readonly workspace: string;
}

export interface SandboxContractOptions {
  /** Called once per case. */
  readonly create: () => Awaitable<SandboxHarness>;
  readonly skip?: Skips;
  /** It runs commands to their end only: no sandbox of it can start a process that goes on. */
  readonly withoutProcesses?: true;
}

/** What every sandbox promises, against the real thing. The cases need a POSIX host. */
export function sandboxContract({ create, skip, withoutProcesses }: SandboxContractOptions): readonly ContractCase[] {
  const bind = (one: SandboxCase) => ({
    name: one.name,
    run: async () => {
      await using harness = await create();
      const { provider, workspace } = harness;
      await using leases = new AsyncDisposableStack();
      const acquire = async (spec: Partial<SandboxSpec> = {}) =>
        leases.use(
          await provider.acquire({
            key: "contract",
            workspace: { access: "rw", path: workspace },
            network: "none",
            ...spec,
          }),
        );
      await one.run({ provider, workspace, acquire, sandbox: (await acquire(one.spec?.(workspace))).sandbox });
    },
  });
  const cases = [
    ...runCases,
    ...outputCases,
    ...fileCases,
    ...pathCases,
    ...workspaceCases,
    ...networkCases,
    ...secretCases,
    ...lifecycleCases,
    ...(withoutProcesses ? [noProcesses] : processCases),
  ].map(bind);
  return withSkips(cases, skip);
}
