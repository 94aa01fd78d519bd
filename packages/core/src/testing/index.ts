export { type SandboxAttacksOptions, sandboxAttacks } from "./attacks.ts";
export { type BusContractOptions, busContract } from "./bus.ts";
export {
  type ChannelContractOptions,
  type ChannelHarness,
  channelContract,
  type FakeChannel,
  fakeChannel,
} from "./channel.ts";
export { type ContractCase, type Skips, withSkips } from "./contract.ts";
export { type ModelContractOptions, type ModelFixture, type ModelScenario, modelContract } from "./model.ts";
export { type SandboxContractOptions, type SandboxHarness, sandboxContract } from "./sandbox.ts";
export type { StoreHarness } from "./store/case.ts";
export { type StoreContractOptions, storeContract } from "./store.ts";
