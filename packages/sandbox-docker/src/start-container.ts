import { randomBytes } from "node:crypto";
import type { SandboxSpec } from "@claw/core";
import { carryNetwork, networkEnvironment, type Supervisor } from "@claw/sandbox-supervisor";
import type Docker from "dockerode";
import { BASE_ENVIRONMENT } from "./container-options.ts";
import { withDeadline } from "./deadline.ts";
import { ENGINE_TIMEOUT_MS, type EngineAddress } from "./engine.ts";
import type { LeftBehind } from "./left-behind.ts";
import type { PreparedImage } from "./preparation.ts";
import { type RunningContainer, removeContainer, runningContainer } from "./running-container.ts";
import { startSupervised } from "./supervise.ts";

export interface ContainerStart {
  readonly engine: Docker;
  readonly address: EngineAddress;
  readonly body: Docker.ContainerCreateOptions;
  readonly supervised: boolean;
  readonly left: LeftBehind;
  readonly signal: AbortSignal | undefined;
}

/** It runs, and nothing of a session's is in it yet but the workspace. */
export interface StartedContainer {
  readonly id: string;
  readonly container: Docker.Container;
  readonly supervisor: Supervisor | undefined;
}

/** Creates and starts a container; leaves none behind when that fails. */
export async function startContainer(options: ContainerStart): Promise<StartedContainer> {
  const { engine, address, body, supervised, left, signal } = options;
  const deadline = { timeoutMs: ENGINE_TIMEOUT_MS * 2, signal };
  const id = `claw-${randomBytes(8).toString("hex")}`;
  const container = engine.getContainer(id);
  try {
    await withDeadline({ what: "creating a sandbox", ...deadline }, (abortSignal) =>
      // Query and body apart, or the client would repeat the body in the URL.
      engine.createContainer({ _query: { name: id }, _body: body, abortSignal } as Docker.ContainerCreateOptions),
    );
    if (supervised) return { id, container, supervisor: await startSupervised({ address, container, signal }) };
    await withDeadline({ what: "starting a sandbox", ...deadline }, (abortSignal) => container.start({ abortSignal }));
    return { id, container, supervisor: undefined };
  } catch (error) {
    await left.abandon(container);
    throw error;
  }
}

export interface SessionParts {
  readonly prepared: PreparedImage;
  readonly network: SandboxSpec["network"];
}

/** Makes a started container a session's. */
export async function bindContainer(
  { container, supervisor }: StartedContainer,
  { prepared, network }: SessionParts,
): Promise<RunningContainer> {
  if (supervisor === undefined) return runningContainer(container);
  const environment = { ...prepared.environment, ...BASE_ENVIRONMENT };
  if (network === "none") return runningContainer(container, { supervisor, environment });
  try {
    await carryNetwork(supervisor, network);
    return runningContainer(container, { supervisor, environment: { ...environment, ...networkEnvironment } });
  } catch (error) {
    await removeContainer(container).catch(() => {});
    throw error;
  }
}
