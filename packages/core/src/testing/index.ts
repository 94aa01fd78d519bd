export { type ContractCase, type Skips, withSkips } from "./contract.ts";
export { type SandboxContractOptions, type SandboxHarness, sandboxContract } from "./sandbox.ts";
