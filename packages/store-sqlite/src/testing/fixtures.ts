import type { AcceptInput, Action, Lease, NewEntry, Principal, Provenance } from "@claw/core";

const provenance: Provenance = { origins: ["owner"], trust: "trusted", because: [] };

export const session = "agent:main:web:ada";

export const ada: Principal = { id: "ada", kind: "user", tenant: "local", scopes: ["write"], credential: "device:1" };

export const lease: Lease = {
  key: session,
  fence: 1n,
  lost: new AbortController().signal,
  async [Symbol.asyncDispose]() {},
};

export function inbound(id: string, text = `text of ${id}`): AcceptInput {
  const message = { role: "user", text } as const;
  return { id: `test:${id}`, run: `run-${id}`, session, agent: "main", principal: ada, provenance, message };
}

export function answer(text: string): NewEntry {
  return { provenance, message: { role: "assistant", text, toolCalls: [], model: "test/model", stop: "stop" } };
}

export const action: Action = {
  type: "tool.call",
  principal: ada,
  agent: "main",
  session,
  provenance,
  input: { tool: "exec", command: "ls" },
  digest: "0".repeat(64),
};
