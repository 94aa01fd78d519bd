import {
  ClawError,
  type Logger,
  type SandboxLease,
  type SandboxProvider,
  type SandboxSpec,
  silentLogger,
  withSecrets,
} from "@claw/core";
import type Docker from "dockerode";
import { describeSandbox, limitsOf } from "./container-options.ts";
import { containerSupply } from "./container-supply.ts";
import { connectEngine, type EngineAddress, engineAddress, engineAdvice, isUnreachable, pingEngine } from "./engine.ts";
import type { EngineGuard } from "./engine-guards.ts";
import { engineWatch } from "./engine-watch.ts";
import { reasonOf, sandboxError, statusOf } from "./errors.ts";
import { DEFAULT_IMAGE } from "./image.ts";
import { leftBehind } from "./left-behind.ts";
import { imagePreparation, type PreparedImage, type PrepareOptions } from "./preparation.ts";
import { quotaOf } from "./quota.ts";
import { containerSandbox } from "./sandbox.ts";
import type { ImageSetup } from "./setup-image.ts";
import { sweepSpares } from "./spare-workspace.ts";
import { bindContainer } from "./start-container.ts";
import { containerLabels, sweepContainers } from "./sweep.ts";

export interface DockerSandboxOptions {
  /** Private workspaces live in its `sandboxes` directory; it also says which containers on the engine are ours. */
  readonly stateDir: string;
  /** `unix:///path` or `tcp://host:port`. Default: `DOCKER_HOST`, then `/var/run/docker.sock`. */
  readonly engine?: string;
  /**
   * The address of a docker-proxy in front of the engine: containers are made and run through it, images are pulled and
   * built at the engine itself. Default: none.
   */
  readonly proxy?: string;
  /** Must hold bash, coreutils and findutils. Default `claw-sandbox:bookworm`, built when it is missing. */
  readonly image?: string;
  /**
   * False runs each command through the engine's API, at some 50 ms instead of one, and leaves the image as it is.
   * Default true, wherever the image can take the supervisor in.
   */
  readonly supervised?: boolean;
  /**
   * Sandboxes kept ready ahead of each kind (workspace and limits) that was asked for, so that one is had in
   * milliseconds: some 5 MB of memory each, for ten minutes after the last use. Needs the supervisor. Default 0.
   */
  readonly warm?: number;
  /** Done to the image once, and kept as a layer; it needs the supervisor. */
  readonly setup?: ImageSetup;
  /** The OCI runtime, like `runsc`; the engine is asked for it. Default: the engine's own. */
  readonly runtime?: string;
  /** What the engine may lack; one that lacks more is refused. Default `apparmor` and `userns`. */
  readonly waive?: readonly EngineGuard[];
  readonly log?: Logger;
  /** Called with each line of progress while the image is pulled or built. */
  readonly onProgress?: (line: string) => void;
}

export interface DockerSandbox extends SandboxProvider {
  [Symbol.asyncDispose](): PromiseLike<void>;
  status(): ReturnType<NonNullable<SandboxProvider["status"]>>;
  /**
   * Makes the image ready ahead of the first `acquire`, which otherwise does it. Concurrent callers share one
   * preparation; it ends early when all of them gave up.
   */
  prepare(options?: PrepareOptions): Promise<void>;
}

const LIMITS = [
  "Containers share the host's kernel: a hole in the kernel is a way out.",
  "The size of the workspace is watched, not limited by the kernel: a sandbox that outgrows it is ended within seconds.",
  "Whoever may use the engine's socket, as this process does, rules the engine's host.",
];

/** Sandboxes that are hardened containers of a Docker engine. Touches the engine at the first `acquire` or `prepare`. */
export function dockerSandbox(options: DockerSandboxOptions): DockerSandbox {
  const { stateDir, image = DEFAULT_IMAGE, supervised = true, warm = 0, setup, runtime, waive } = options;
  const { log = silentLogger, onProgress } = options;
  const address = engineAddress(options.engine);
  const images = connection(address);
  const through = options.proxy === undefined ? address : engineAddress(options.proxy);
  const connect = through === address ? images : connection(through);
  const demands = { runtime, waive };
  const labels = containerLabels("setup", stateDir);
  const made = { image, address, connect: images, supervise: supervised, setup, labels, demands, log };
  const preparation = imagePreparation(made);
  const left = leftBehind(log);
  const supply = containerSupply({ address: through, connect, stateDir, warm, runtime, left, log });
  const watch = engineWatch({ ping: async (abortSignal) => pingEngine(await connect(), abortSignal), address, log });
  let swept: Promise<void> | undefined;
  let lacking: readonly string[] = [];

  /** What an earlier process left running ends with the start of this one, and not first with its first sandbox. */
  const prepare = async (given: PrepareOptions = {}): Promise<PreparedImage> => {
    const prepared = await preparation.ready(onProgress ? { onProgress, ...given } : given);
    swept ??= sweep();
    await swept;
    lacking = prepared.lacking;
    return prepared;
  };

  /** Best effort: a sandbox can be had although old ones could not be cleared away. */
  async function sweep(): Promise<void> {
    await sweepSpares(stateDir);
    try {
      const removed = await sweepContainers(await images(), stateDir);
      if (removed > 0) log.info("removed sandboxes that an earlier process left behind", { removed });
    } catch (error) {
      log.warn("could not remove sandboxes that an earlier process left behind", { reason: reasonOf(error) });
    }
  }

  async function start(
    spec: SandboxSpec,
    prepared: PreparedImage,
    signal: AbortSignal | undefined,
  ): Promise<SandboxLease> {
    const limits = limitsOf(spec);
    const supplied = await supply.take({ spec, limits, prepared, signal });
    const { id, workspace } = supplied;
    const network = prepared.supervised ? spec.network : "none";
    if (network !== spec.network) log.warn("without the supervisor a sandbox has no network", { id, key: spec.key });
    const container = await bindContainer(supplied, { prepared, network });
    log.debug("sandbox started", { id, key: spec.key, user: workspace.user });
    const quota = workspace.readOnly ? undefined : quotaOf(container, { path: workspace.path, maxMb: limits.diskMb });
    const description = describeSandbox({ limits, workspace, access: spec.workspace.access, network });
    const sandbox = containerSandbox(container, { description, readOnly: workspace.readOnly, quota });
    const { supervision } = container;
    const stopWatching = watch.keep();
    return {
      id,
      ...(supervision && { lost: supervision.supervisor.lost }),
      sandbox: await withSecrets(sandbox, spec.secrets).catch(async (error: unknown) => {
        stopWatching();
        quota?.[Symbol.dispose]();
        await left.remove(container.container, container.remove);
        throw error;
      }),
      async [Symbol.asyncDispose]() {
        stopWatching();
        quota?.[Symbol.dispose]();
        await left.remove(container.container, container.remove);
      },
    };
  }

  return {
    name: "docker",
    summary: "Each sandbox is a Docker container without network, root or privileges, and with limits.",
    get limits() {
      return [...LIMITS, ...lacking];
    },
    carriesNetwork: supervised,
    async [Symbol.asyncDispose]() {
      await supply[Symbol.asyncDispose]();
      await left.removeAll();
    },
    status: () => watch.trouble ?? preparation.status,
    async prepare(given) {
      await prepare(given);
    },
    async acquire(spec, { signal } = {}) {
      try {
        const prepared = await prepare(signal ? { signal } : {});
        await left.removeAll();
        return await start(spec, prepared, signal);
      } catch (error) {
        if (ClawError.is(error)) throw error;
        if (statusOf(error) === 404) preparation.forget();
        const reason =
          isUnreachable(error) || isGatewayError(error)
            ? engineAdvice(address, error)
            : `The engine at ${address.url} gave no sandbox: ${reasonOf(error)}`;
        throw sandboxError("SANDBOX_UNAVAILABLE", reason, error);
      }
    },
  };
}

function connection(address: EngineAddress): () => Promise<Docker> {
  let client: Promise<Docker> | undefined;
  return () => (client ??= connectEngine(address));
}

/** What a proxy says when the engine behind it can't be reached. */
const isGatewayError = (error: unknown): boolean => [502, 504].includes(statusOf(error) ?? 0);
