import { randomUUID } from "node:crypto";
import { type CallOptions, silentLogger } from "@claw/core";
import { connectEngine, engineAddress } from "./engine.ts";
import { DEFAULT_IMAGE } from "./image.ts";
import { imagePreparation } from "./preparation.ts";
import type { ImageSetup } from "./setup-image.ts";
import { containerLabels } from "./sweep.ts";

export interface BuildSetupOptions extends CallOptions {
  /** `unix:///path` or `tcp://host:port`. Default: `DOCKER_HOST`, then `/var/run/docker.sock`. */
  readonly engine?: string;
  /** What is changed; built or pulled when it is missing. Default `claw-sandbox:bookworm`. */
  readonly image?: string;
  readonly setup: ImageSetup;
  /** A name for the result beside its own. */
  readonly tag?: string;
  readonly onProgress?: (line: string) => void;
}

/** Does an image's setup ahead of its first use, and returns the result's name. Takes no time when it is done already. */
export async function buildSetupImage(options: BuildSetupOptions): Promise<string> {
  const { image = DEFAULT_IMAGE, setup, tag: name, signal, onProgress } = options;
  const address = engineAddress(options.engine);
  const engine = await connectEngine(address);
  const connect = () => Promise.resolve(engine);
  const labels = containerLabels("setup", `setup-${randomUUID()}`);
  const preparation = imagePreparation({ image, address, connect, supervise: false, setup, labels, log: silentLogger });
  const prepared = await preparation.ready({ ...(signal && { signal }), ...(onProgress && { onProgress }) });
  if (name === undefined) return prepared.name;
  const [repo = name, tag = "latest"] = name.split(/:(?=[^/:]*$)/);
  await engine.getImage(prepared.name).tag({ repo, tag });
  return name;
}
