import { randomUUID } from "node:crypto";
import { joinProvenance, type Logger, type Provenance } from "@claw/core";
import type { Intake } from "./accept.ts";
import type { ActiveRun } from "./runs.ts";

/** The call that began it. */
interface Origin {
  readonly run: ActiveRun;
  /** Of what the session has read by now. */
  readonly provenance: () => Provenance;
}

/** Tells a session what became of something that went on after a call, once it is over. Never rejects. */
export type Afterwards = (origin: Origin, work: Promise<string | undefined>) => Promise<void>;

export interface AfterwardsOptions {
  readonly accept: Intake["accept"];
  readonly log: Logger;
}

const TOLD: Provenance = { origins: ["tool"], trust: "trusted", because: [] };

export function createAfterwards({ accept, log }: AfterwardsOptions): Afterwards {
  return async ({ run, provenance }, work) => {
    const { session, agent, principal, replyTo } = run;
    try {
      const text = await work;
      if (text === undefined) return;
      await accept({
        id: `afterwards:${randomUUID()}`,
        run: randomUUID(),
        session,
        agent,
        principal,
        provenance: joinProvenance(TOLD, provenance()),
        text,
        ...(replyTo === undefined ? {} : { replyTo }),
        // A turn that goes on reads it at its next step.
        queue: "steer",
        receivedMs: performance.now(),
      });
    } catch (error) {
      log.warn("a session could not be told what became of something in the background", {
        session,
        error: String(error),
      });
    }
  };
}
