export { type VirtualSandboxOptions, virtualSandbox } from "./virtual-sandbox.ts";
