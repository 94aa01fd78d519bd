import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectEngine, engineAddress } from "./engine.ts";
import { buildSandboxImage, DEFAULT_IMAGE } from "./image.ts";
import { probeDocker } from "./probe.ts";

const rootfsScript = new URL("../../../scripts/sandbox-rootfs.sh", import.meta.url).pathname;

const supervisorScript = new URL("../../sandbox-supervisor/native/build-all.sh", import.meta.url).pathname;

/**
 * Why tests can't use an engine here; `undefined` when they can. Makes the image when a root filesystem is at hand.
 * Throws under `CI=true`, where nothing that can be installed may be skipped.
 */
export async function whyNoEngine(): Promise<string | undefined> {
  const reason = await missing();
  if (reason !== undefined && process.env["CI"] === "true") throw new Error(reason);
  return reason;
}

async function missing(): Promise<string | undefined> {
  execFileSync(supervisorScript);
  const probe = await probeDocker();
  if (!probe.reachable) return `${probe.reason} scripts/docker-engine.sh starts one.`;
  const engine = await testEngine();
  const images = await engine.listImages({ filters: { reference: [DEFAULT_IMAGE] } });
  if (images.length > 0) return undefined;
  const rootfs =
    process.env["CLAW_SANDBOX_ROOTFS"] ?? execFileSync(rootfsScript, ["--path"], { encoding: "utf8" }).trim();
  if (!existsSync(rootfs))
    return `There is no image ${DEFAULT_IMAGE}. scripts/sandbox-rootfs.sh makes what it is built from.`;
  await buildSandboxImage({ rootfs });
  return undefined;
}

export const testEngine = () => connectEngine(engineAddress());

export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
}

export async function temporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), "claw-docker-"));
  await chmod(path, 0o755);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
