export { type DockerSandbox, type DockerSandboxOptions, dockerSandbox } from "./docker-sandbox.ts";
export { type BuildImageOptions, buildSandboxImage, DEFAULT_IMAGE } from "./image.ts";
export type { PrepareOptions } from "./preparation.ts";
export { type DockerProbe, type ProbeOptions, probeDocker } from "./probe.ts";
