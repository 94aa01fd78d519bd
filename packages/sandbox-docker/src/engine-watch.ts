import type { Logger, SandboxStatus } from "@claw/core";
import { withDeadline } from "./deadline.ts";
import { type EngineAddress, engineAdvice, isUnreachable } from "./engine.ts";
import { reasonOf } from "./errors.ts";

export interface EngineWatch {
  /** Set while the engine gives no answer. */
  readonly trouble: SandboxStatus | undefined;
  /** Asks the engine now and then until the returned function is called; idempotent. */
  keep(): () => void;
}

export interface EngineWatchOptions {
  readonly ping: (signal: AbortSignal) => Promise<unknown>;
  readonly address: EngineAddress;
  readonly log: Logger;
}

const EVERY_MS = 30_000;
const ANSWER_MS = 5_000;
const ALERT_AFTER = 3;

/** Watches the engine while a sandbox of it is in use, and after that for as long as it gives no answer. */
export function engineWatch({ ping, address, log }: EngineWatchOptions): EngineWatch {
  let kept = 0;
  let missed = 0;
  let trouble: SandboxStatus | undefined;
  let timer: NodeJS.Timeout | undefined;

  function answered(): void {
    if (trouble !== undefined) log.info("the engine of the sandboxes answers again", { engine: address.url });
    trouble = undefined;
    missed = 0;
  }

  function silent(error: unknown): void {
    missed++;
    if (missed < ALERT_AFTER) return;
    const why = isUnreachable(error) ? engineAdvice(address, error) : `${address.url}: ${reasonOf(error)}`;
    if (trouble === undefined) log.warn("the engine of the sandboxes gives no answer", { reason: why });
    trouble = { state: "unavailable", detail: why };
  }

  function next(): void {
    if (timer !== undefined || (kept === 0 && missed === 0)) return;
    timer = setTimeout(async () => {
      await withDeadline({ what: "asking the engine", timeoutMs: ANSWER_MS }, ping).then(answered, silent);
      timer = undefined;
      next();
    }, EVERY_MS).unref();
  }

  return {
    get trouble() {
      return trouble;
    },
    keep() {
      kept++;
      next();
      let mine = 1;
      return () => {
        kept -= mine;
        mine = 0;
      };
    },
  };
}
