import type { CallOptions, Logger, SandboxStatus } from "@claw/core";
import type Docker from "dockerode";
import { withDeadline } from "./deadline.ts";
import { ENGINE_TIMEOUT_MS, type EngineAddress, engineAdvice } from "./engine.ts";
import { checkEngine, type EngineDemands } from "./engine-guards.ts";
import { reasonOf, sandboxError, statusOf } from "./errors.ts";
import { type BuildStep, buildSandboxImage, DEFAULT_IMAGE, unavailableImage } from "./image.ts";
import { followProgress } from "./progress.ts";
import { type ImageSetup, setUpImage } from "./setup-image.ts";
import { superviseImage } from "./supervised-image.ts";

/** The engine speaks before the first byte of a layer arrives, but only after it reached the registry. */
const REGISTRY_TIMEOUT_MS = 60_000;

export interface PrepareOptions extends CallOptions {
  /** Called with each line of progress of a pull or build, also one that another caller began. */
  readonly onProgress?: (line: string) => void;
}

export interface PreparedImage {
  readonly name: string;
  /** It holds the supervisor; otherwise commands go through the engine. */
  readonly supervised: boolean;
  /** What its makers set. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the engine can't enforce and the configuration waives, a sentence each. */
  readonly lacking: readonly string[];
}

export interface Preparation {
  readonly status: SandboxStatus;
  /** Resolves at once after the first success; after a failure the next call tries again. */
  ready(options?: PrepareOptions): Promise<PreparedImage>;
  /** The image turned out to be gone. */
  forget(): void;
}

export interface PreparationOptions {
  readonly image: string;
  readonly address: EngineAddress;
  readonly connect: () => Promise<Docker>;
  readonly supervise: boolean;
  /** Done to the image once, and kept. */
  readonly setup?: ImageSetup | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** Of the engine. */
  readonly demands?: EngineDemands;
  readonly log: Logger;
}

interface Attempt {
  readonly done: Promise<PreparedImage>;
  readonly abort: AbortController;
  readonly listeners: Set<(line: string) => void>;
  waiting: number;
  settled: boolean;
}

/** Looks for the image, and pulls or builds it when it is missing: once for however many callers wait. */
export function imagePreparation({
  image,
  address,
  connect,
  supervise,
  setup,
  labels,
  demands = {},
  log,
}: PreparationOptions): Preparation {
  let status: SandboxStatus = { state: "preparing", detail: "The engine has not been asked for the image yet." };
  let attempt: Attempt | undefined;

  async function prepare(onProgress: (line: string) => void, signal: AbortSignal): Promise<PreparedImage> {
    const engine = await connect();
    const lacking = checkEngine(await askEngine(address, "what it can enforce", () => engine.info()), demands);
    if (!(await hasImage(engine, image, address))) {
      if (image === DEFAULT_IMAGE) await buildSandboxImage({ engine: address.url, tag: image, onProgress, signal });
      else await pull(engine, onProgress, signal);
    }
    const step = { engine, onProgress, signal };
    const base = setup === undefined ? image : await setUpImage({ ...step, address, labels }, image, setup);
    const { Config } = await engine.getImage(base).inspect();
    const environment = Object.fromEntries((Config.Env ?? []).map(variable));
    const name = supervise ? await supervised(step, base) : undefined;
    return { name: name ?? base, supervised: name !== undefined, environment, lacking };
  }

  /** An engine that builds nothing, or an architecture without a program, still has its own way to run a command. */
  async function supervised(step: BuildStep, base: string): Promise<string | undefined> {
    try {
      return await superviseImage(step, base);
    } catch (error) {
      if (step.signal?.aborted) throw error;
      log.warn("the image can't hold the supervisor, so that each command costs some 50 ms", {
        reason: reasonOf(error),
      });
      return undefined;
    }
  }

  async function pull(engine: Docker, onProgress: (line: string) => void, signal: AbortSignal): Promise<void> {
    const deadline = { what: "asking the registry", timeoutMs: REGISTRY_TIMEOUT_MS, signal };
    try {
      const output = await withDeadline(deadline, (abortSignal) => engine.pull(image, { abortSignal }));
      await followProgress(output, onProgress, signal);
    } catch (error) {
      throw unavailableImage(image, address, error);
    }
  }

  function begin(): Attempt {
    const listeners = new Set<(line: string) => void>();
    const abort = new AbortController();
    const onProgress = (line: string) => {
      status = { state: "preparing", detail: line };
      for (const listener of listeners) listener(line);
    };
    const begun: Attempt = { done: prepare(onProgress, abort.signal), abort, listeners, waiting: 0, settled: false };
    begun.done.then(
      () => {
        begun.settled = true;
        status = { state: "ready" };
      },
      (error) => {
        begun.settled = true;
        if (attempt !== begun) return;
        attempt = undefined;
        status = { state: "unavailable", detail: error.message };
      },
    );
    return begun;
  }

  return {
    get status() {
      return status;
    },
    async ready({ signal, onProgress } = {}) {
      attempt ??= begin();
      const mine = attempt;
      mine.waiting++;
      if (onProgress) mine.listeners.add(onProgress);
      const { promise: left, reject } = Promise.withResolvers<never>();
      const leave = () => reject(sandboxError("SANDBOX_ABORTED", "Stopped waiting for the image.", signal?.reason));
      if (signal?.aborted) leave();
      signal?.addEventListener("abort", leave, { once: true });
      try {
        return await Promise.race([left, mine.done]);
      } finally {
        signal?.removeEventListener("abort", leave);
        if (onProgress) mine.listeners.delete(onProgress);
        // Nobody waits for it any more.
        if (--mine.waiting === 0 && !mine.settled) {
          if (attempt === mine) attempt = undefined;
          mine.abort.abort();
        }
      }
    },
    forget() {
      attempt = undefined;
      status = { state: "preparing", detail: "The image is gone from the engine." };
    },
  };
}

function variable(line: string): [string, string] {
  const at = line.indexOf("=");
  return [line.slice(0, at), line.slice(at + 1)];
}

async function hasImage(engine: Docker, image: string, address: EngineAddress): Promise<boolean> {
  return askEngine(address, "the image", () =>
    engine
      .getImage(image)
      .inspect()
      .then(() => true)
      .catch((error: unknown) => {
        if (statusOf(error) === 404) return false;
        throw error;
      }),
  );
}

async function askEngine<Answer>(address: EngineAddress, what: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await withDeadline({ what: `asking for ${what}`, timeoutMs: ENGINE_TIMEOUT_MS }, ask);
  } catch (error) {
    throw sandboxError("SANDBOX_UNAVAILABLE", engineAdvice(address, error), error);
  }
}
