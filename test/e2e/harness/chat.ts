import type { GatewayClient } from "@claw/client";
import type { ChatEvent, HistoryMessage } from "@claw/protocol";

type End = Extract<ChatEvent, { readonly state: "final" | "error" | "aborted" }>;

/** Sends a message that gets a turn of its own; its run has the id `key`. Resolves once it is accepted. */
export async function send(client: GatewayClient, key: string, message = key, sessionKey = "main"): Promise<string> {
  const queueMode = "followup";
  const { status } = await client.request("chat.send", { sessionKey, message, idempotencyKey: key, queueMode });
  return status;
}

/** The next event of a chat that fits. */
export function chatEvent(client: GatewayClient, fits: (event: ChatEvent) => boolean): Promise<ChatEvent> {
  const { promise, resolve } = Promise.withResolvers<ChatEvent>();
  const stop = client.on("chat", (event) => {
    if (!fits(event)) return;
    stop();
    resolve(event);
  });
  return promise;
}

/** How a run, to be sent after this call, ends. */
export async function runEnd(client: GatewayClient, run: string): Promise<End> {
  return (await chatEvent(
    client,
    ({ runId, state }) => runId === run && ["final", "error", "aborted"].includes(state),
  )) as End;
}

/** Sends a message and waits for its answer. */
export async function ask(client: GatewayClient, key: string, message = key, sessionKey = "main"): Promise<End> {
  const end = runEnd(client, key);
  await send(client, key, message, sessionKey);
  return end;
}

/** Waits for a run that may have ended before. */
export async function settled(client: GatewayClient, run: string): Promise<string> {
  const { status } = await client.request("agent.wait", { runId: run, timeoutMs: 200_000 }, { timeoutMs: 210_000 });
  return status;
}

/** A session in one line per message, like `user: hi` or `toolResult: 42`. */
export async function historyOf(client: GatewayClient, sessionKey = "main"): Promise<readonly string[]> {
  const { messages } = await client.request("chat.history", { sessionKey, limit: 1_000 });
  return messages.map((message) => `${message.role}: ${textOf(message)}`);
}

function textOf({ content }: Pick<HistoryMessage, "content">): string {
  return content.map((part) => ("text" in part ? part.text : `[${part.type}]`)).join("");
}
