export { type HostSandboxOptions, hostSandbox } from "./host-sandbox.ts";
