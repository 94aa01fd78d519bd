import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { type CallOptions, ClawError } from "@claw/core";
import type Docker from "dockerode";
import { withDeadline } from "./deadline.ts";
import { sandboxDockerfile } from "./dockerfile.ts";
import { connectEngine, type EngineAddress, engineAddress, engineAdvice, isUnreachable } from "./engine.ts";
import { reasonOf, sandboxError } from "./errors.ts";
import { followProgress } from "./progress.ts";
import { assertLinuxProgram, openTar, type TarEntry, tarOf } from "./tar.ts";

export const DEFAULT_IMAGE = "claw-sandbox:bookworm";

export interface BuildImageOptions extends CallOptions {
  /** `unix:///path` or `tcp://host:port`. Default: `DOCKER_HOST`, then `/var/run/docker.sock`. */
  readonly engine?: string;
  /**
   * A Debian root filesystem as `.tar`, `.tar.gz` or `.tar.zst` that holds the image's packages. With it nothing is
   * pulled and the build has no network.
   */
  readonly rootfs?: string;
  /** The Linux program `node` that goes with `rootfs`. Default: the one running this. */
  readonly node?: string;
  /** Default `claw-sandbox:bookworm`. */
  readonly tag?: string;
  /** Called with each line the engine reports. */
  readonly onProgress?: (line: string) => void;
}

/** Builds the default image and returns its tag. Rejects with `SANDBOX_UNAVAILABLE` and the engine's own words. */
export async function buildSandboxImage(options: BuildImageOptions = {}): Promise<string> {
  const { rootfs, tag = DEFAULT_IMAGE, node = process.execPath, onProgress = () => {}, signal } = options;
  const address = engineAddress(options.engine);
  const step: BuildStep = { engine: await connectEngine(address), onProgress, signal };
  try {
    if (rootfs === undefined) await build(step, { t: tag });
    else await buildFromFiles(step, { rootfs, node, tag });
    return tag;
  } catch (error) {
    throw ClawError.is(error) ? error : unavailableImage(tag, address, error);
  }
}

/** Why an image can't be had, and what helps. */
export function unavailableImage(image: string, address: EngineAddress, error: unknown): Error {
  const reason = isUnreachable(error)
    ? engineAdvice(address, error)
    : `The sandbox image "${image}" could not be made: ${reasonOf(error)}. Where no registry can be reached: claw sandbox build --rootfs FILE`;
  return sandboxError("SANDBOX_UNAVAILABLE", reason, error);
}

async function buildFromFiles(step: BuildStep, { rootfs, node, tag }: { rootfs: string; node: string; tag: string }) {
  await assertLinuxProgram(node);
  const name = `claw-sandbox-import:${randomUUID()}`;
  const images = { BASE: `${name}-base`, NODE: `${name}-node` };
  try {
    step.onProgress(`Importing ${rootfs}`);
    await importTar(step, images.BASE, await openTar(rootfs));
    step.onProgress(`Importing ${node}`);
    await importTar(step, images.NODE, await tarOf([{ path: "usr/local/bin/node", file: node }]));
    await build(step, { t: tag, networkmode: "none", buildargs: images });
  } finally {
    // The names go, the layers stay with the image made of them.
    await Promise.allSettled(Object.values(images).map((image) => step.engine.getImage(image).remove()));
  }
}

/** For hundreds of megabytes to an engine elsewhere. */
const UPLOAD_MS = 600_000;

export interface BuildStep {
  readonly engine: Docker;
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

function build(step: BuildStep, options: Docker.ImageBuildOptions): Promise<void> {
  return buildContext(step, [{ path: "Dockerfile", text: sandboxDockerfile }], options);
}

/** Builds from files that are sent along, of which one is the Dockerfile. */
export async function buildContext(
  { engine, onProgress, signal }: BuildStep,
  entries: readonly TarEntry[],
  options: Docker.ImageBuildOptions,
): Promise<void> {
  const context = await tarOf(entries);
  const output = await withDeadline({ what: "sending the build", timeoutMs: UPLOAD_MS, signal }, (abortSignal) =>
    engine.buildImage(context, { ...options, rm: true, forcerm: true, abortSignal }),
  );
  await followProgress(output, onProgress, signal);
}

async function importTar({ engine, onProgress, signal }: BuildStep, name: string, tar: Readable): Promise<void> {
  const [repo, tag] = name.split(":");
  const output = await withDeadline({ what: `importing ${name}`, timeoutMs: UPLOAD_MS, signal }, (abortSignal) =>
    engine.importImage(tar, { repo, tag, abortSignal }),
  );
  await followProgress(output, onProgress, signal);
}
