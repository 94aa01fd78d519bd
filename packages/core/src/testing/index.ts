export { type ContractCase, type Skips, withSkips } from "./contract.ts";
