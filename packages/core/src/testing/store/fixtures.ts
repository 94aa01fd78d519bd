import { rejects } from "node:assert/strict";
import type { NewAsk } from "../../asks.ts";
import type { Lease } from "../../bus.ts";
import { ClawError } from "../../errors.ts";
import type { AcceptInput, NewDelivery, NewEntry, RunEnd, UnfinishedRun } from "../../journal.ts";
import type { Principal, Scope } from "../../principal.ts";
import type { Provenance } from "../../provenance.ts";
import type { Store, StoreErrorCode } from "../../store.ts";

export const session = "agent:main:web:ada";

export const provenance: Provenance = { origins: ["owner"], trust: "trusted", because: ["message:1"] };

export function person(id: string, scopes: readonly Scope[] = ["write"], tenant = "local"): Principal {
  return { id, kind: "user", tenant, scopes, credential: `device:${id}` };
}

export const ada = person("ada");

/** `id` names the message, and with `run-` before it the run. */
export function inbound(id: string, changes: Partial<AcceptInput> & { readonly text?: string } = {}): AcceptInput {
  const { text = `text of ${id}`, ...rest } = changes;
  return {
    id: `test:${id}`,
    run: `run-${id}`,
    session,
    agent: "main",
    principal: ada,
    provenance,
    message: { role: "user", text },
    ...rest,
  };
}

export function lease(fence = 1n, key = session): Lease {
  return { key, fence, lost: new AbortController().signal, async [Symbol.asyncDispose]() {} };
}

export function answer(text: string): NewEntry {
  return { provenance, message: { role: "assistant", text, toolCalls: [], model: "test/model", stop: "stop" } };
}

export function toolResult(callId: string, output = "ok"): NewEntry {
  return { provenance, message: { role: "tool", callId, tool: "exec", output, failed: false } };
}

export const done: RunEnd = { reason: "done", entries: [], outbound: [], timeline: [] };

export function delivery(key: string, peer = "ada"): NewDelivery {
  return { key, to: { channel: "web", account: "main", peer, kind: "direct" }, message: { text: `text of ${key}` } };
}

/** What every call has in common that waits for a person. */
export const ask: NewAsk = {
  run: "run-a",
  call: "call-1",
  agent: "main",
  session,
  principal: ada,
  digest: "d1",
  expiresAt: new Date("2030-01-01T00:00:00Z"),
};

export async function texts(store: Store, key = session, principal = ada): Promise<readonly string[]> {
  const entries = await store.as(principal).transcript.read(key);
  return entries.map(({ message }) => (message.role === "tool" ? message.output : message.text));
}

export async function unfinished(store: Store): Promise<readonly UnfinishedRun[]> {
  const runs: UnfinishedRun[] = [];
  for await (const run of store.journal.unfinished()) runs.push(run);
  return runs;
}

export function rejectsWith(code: StoreErrorCode, call: Promise<unknown>): Promise<void> {
  return rejects(call, (error) => ClawError.is(error, code));
}
