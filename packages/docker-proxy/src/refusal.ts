/** Why a request goes no further. What a client sent is never part of it, except names of keys. */
export class Refusal extends Error {
  readonly status: number;
  /** What refused it, as its owner finds it: `HostConfig.Privileged`, `limits.memoryMb`. */
  readonly rule: string;
  /** How to change it, when that is possible at all. */
  readonly advice: string;

  constructor(rule: string, reason: string, { status = 403, advice = NOTHING }: RefusalOptions = {}) {
    super(reason);
    this.status = status;
    this.rule = rule;
    this.advice = advice;
  }

  /** In the engine's own form, so that every Docker client shows it. */
  toJSON(): { readonly message: string; readonly rule: string } {
    const advice = this.advice === "" ? "" : ` ${this.advice}`;
    return { message: `docker-proxy: ${this.message} (rule ${this.rule}).${advice}`, rule: this.rule };
  }
}

interface RefusalOptions {
  readonly status?: number;
  readonly advice?: string;
}

const NOTHING = "No policy allows it; ask for less, or talk to the engine without this proxy.";

/** As the engine says it, and for what is not there and what is somebody else's in the same words. */
export function noSuch(kind: "container" | "exec instance" | "image"): Refusal {
  return new Refusal("ownership", `no such ${kind} of yours`, { status: 404, advice: "" });
}

export const malformed = (rule: string, reason: string, status = 400): Refusal =>
  new Refusal(rule, reason, { status, advice: "Send it as Docker's own clients do." });
