import type { Authenticate } from "../auth.ts";
import { connectClient, type TestClient } from "../connect.fixture.ts";
import type { Gateway } from "../options.ts";

/** The token is the person's name, and everybody may write what is theirs. */
export const people: Authenticate = ({ token = "" }) => ({
  ok: true,
  principal: { id: token, kind: "user", tenant: "local", scopes: ["write"], credential: "test" },
});

/** A client of one of the {@link people}. */
export function connectAs(gateway: Gateway, name: string): Promise<TestClient> {
  return connectClient(gateway, name, ["operator.write"]);
}

/** Sends a message and waits for its answer. */
export async function converse(client: TestClient, message: string, run: string, sessionKey = "main"): Promise<void> {
  await client.request("chat.send", { sessionKey, message, idempotencyKey: run });
  await client.frame(({ event, payload }) => {
    const chat = payload as { runId?: string; state?: string } | undefined;
    return event === "chat" && chat?.runId === run && ["final", "aborted", "error"].includes(chat.state ?? "");
  });
}
