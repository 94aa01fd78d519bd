import type { Awaitable } from "../call-options.ts";
import { type ContractCase, type Skips, withSkips } from "./contract.ts";
import { acceptCases } from "./store/accept.ts";
import { approvalCases } from "./store/approvals.ts";
import { branchCases } from "./store/branches.ts";
import type { StoreHarness } from "./store/case.ts";
import { commandCases } from "./store/commands.ts";
import { deliveryCases } from "./store/deliveries.ts";
import { deviceCases } from "./store/devices.ts";
import { inquiryCases } from "./store/inquiries.ts";
import { memberCases } from "./store/members.ts";
import { sessionCases } from "./store/sessions.ts";
import { startCases } from "./store/starts.ts";
import { turnCases } from "./store/turn.ts";
import { usageCases } from "./store/usage.ts";
import { wallCases } from "./store/walls.ts";

export interface StoreContractOptions {
  /** Called once per case. */
  readonly open: () => Awaitable<StoreHarness>;
  readonly skip?: Skips;
}

/** What every store and its journal promise, against the real thing. */
export function storeContract({ open, skip }: StoreContractOptions): readonly ContractCase[] {
  const cases = [
    ...acceptCases,
    ...wallCases,
    ...memberCases,
    ...sessionCases,
    ...turnCases,
    ...deliveryCases,
    ...deviceCases,
    ...approvalCases,
    ...inquiryCases,
    ...startCases,
    ...usageCases,
    ...commandCases,
    ...branchCases,
  ];
  return withSkips(
    cases.map(({ name, run }) => ({
      name,
      async run() {
        await using harness = await open();
        await run(harness);
      },
    })),
    skip,
  );
}
