export { type BuildSetupOptions, buildSetupImage } from "./build-setup.ts";
export { type DockerSandbox, type DockerSandboxOptions, dockerSandbox } from "./docker-sandbox.ts";
export type { EngineGuard } from "./engine-guards.ts";
export { type BuildImageOptions, buildSandboxImage, DEFAULT_IMAGE } from "./image.ts";
export type { PrepareOptions } from "./preparation.ts";
export { type DockerProbe, type ProbeOptions, probeDocker } from "./probe.ts";
export { type RuntimeRecipe, runtimes } from "./runtimes.ts";
export type { ImageSetup } from "./setup-image.ts";
