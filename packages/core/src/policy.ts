import { createHash } from "node:crypto";
import type { Awaitable } from "./call-options.ts";
import type { Principal } from "./principal.ts";
import type { Provenance } from "./provenance.ts";

export type ActionType =
  | "message.accept"
  | "tool.call"
  | "sandbox.acquire"
  | "network.connect"
  | "message.send"
  | "memory.write"
  | "secret.use"
  | "config.change"
  /** A device is let in, turned away or changed. Scopes decide it: it is recorded, and no policy is asked. */
  | "device.change"
  /** Refused only: it is recorded, and no policy is asked. */
  | "credential.check";

/** One effect about to happen. */
export interface Action {
  readonly type: ActionType;
  readonly principal: Principal;
  readonly agent: string;
  readonly session: string;
  readonly provenance: Provenance;
  /** Typed per action; what rules match on and what an approval shows. */
  readonly input: Readonly<Record<string, unknown>>;
  /** {@link digestOf} the input: what was approved is what runs. */
  readonly digest: string;
}

/** `rule` names what decided, as its owner would find it in the configuration. */
export type Decision =
  | { readonly effect: "allow"; readonly rule: string }
  | { readonly effect: "deny" | "ask"; readonly rule: string; readonly reason: string };

/** A policy is a function. `undefined` is no opinion; no opinion at the end, or a throw, is deny. */
export type Policy = (action: Action) => Awaitable<Decision | undefined>;

/** Spending, counted before it happens. */
export interface Budget {
  /** `undefined` when a limit over this run would be broken. */
  reserve(run: string, amount: Spending): Promise<Reservation | undefined>;
}

export interface Spending {
  readonly tokens?: number;
  readonly toolCalls?: number;
}

export interface Reservation {
  /** What was really spent; the rest of the reservation is given back. */
  settle(actual: Spending): Promise<void>;
}

/** The record of what was decided and done. */
export interface Audit {
  /** Resolves only when the record can't be lost; the effect waits for it, and a rejection stops the effect. */
  intent(action: Action, decision: Decision): Promise<AuditedIntent>;
}

export interface AuditedIntent {
  outcome(result: { readonly ok: boolean; readonly summary: string; readonly durationMs: number }): Promise<void>;
}

/** Lower-case hex SHA-256 of the canonical JSON of `value`: keys sorted, as RFC 8785 orders them. */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
  return `{${fields.join(",")}}`;
}
