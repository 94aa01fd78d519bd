import type { SandboxSpec } from "@claw/core";
import { carryNetwork, networkEnvironment } from "@claw/sandbox-supervisor";
import type Docker from "dockerode";
import { BASE_ENVIRONMENT } from "./container-options.ts";
import { withDeadline } from "./deadline.ts";
import { ENGINE_TIMEOUT_MS, type EngineAddress } from "./engine.ts";
import type { PreparedImage } from "./preparation.ts";
import { type RunningContainer, removeContainer, runningContainer } from "./running-container.ts";
import { startSupervised } from "./supervise.ts";

export interface ContainerStart {
  readonly engine: Docker;
  readonly address: EngineAddress;
  /** By the name it will have. */
  readonly container: Docker.Container;
  readonly body: Docker.ContainerCreateOptions;
  readonly prepared: PreparedImage;
  readonly network: SandboxSpec["network"];
  readonly signal: AbortSignal | undefined;
}

/** Creates and starts a container; leaves none behind when that fails. */
export async function startContainer(options: ContainerStart): Promise<RunningContainer> {
  const { engine, address, container, body, prepared, network, signal } = options;
  const deadline = { timeoutMs: ENGINE_TIMEOUT_MS * 2, signal };
  try {
    await withDeadline({ what: "creating a sandbox", ...deadline }, (abortSignal) =>
      engine.createContainer({
        // Query and body apart, or the client would repeat the body in the URL.
        _query: { name: container.id },
        _body: body,
        abortSignal,
      } as Docker.ContainerCreateOptions),
    );
    if (prepared.supervised) {
      const supervisor = await startSupervised({ address, container, signal });
      if (network !== "none") await carryNetwork(supervisor, network);
      const proxied = network === "none" ? {} : networkEnvironment;
      const environment = { ...prepared.environment, ...BASE_ENVIRONMENT, ...proxied };
      return runningContainer(container, { supervisor, environment });
    }
    await withDeadline({ what: "starting a sandbox", ...deadline }, (abortSignal) => container.start({ abortSignal }));
    return runningContainer(container);
  } catch (error) {
    await removeContainer(container).catch(() => {});
    throw error;
  }
}
