export { type BwrapSandboxOptions, bwrapSandbox } from "./bwrap-sandbox.ts";
export { type BwrapProbe, type ProbeBwrapOptions, probeBwrap } from "./probe.ts";
