import type { GatewayClient } from "@claw/client";
import type { RunReport } from "./run-report.ts";

/** How a run ended, from the journal: for one that ended while nobody was connected, or that another one answered. */
export async function readEndedRun(
  client: GatewayClient,
  runId: string,
  sessionKey: string,
): Promise<Pick<RunReport, "state" | "text" | "error">> {
  const [{ run }, { messages }] = await Promise.all([
    client.request("runs.get", { runId }),
    client.request("chat.history", { sessionKey, limit: 50 }),
  ]);
  const answered = run.answeredBy ?? runId;
  const answer = messages.findLast((message) => message.role === "assistant" && message.runId === answered);
  const text = answer?.content.map((block) => (block.type === "text" ? block.text : "")).join("") ?? "";
  const state = run.state === "error" || run.state === "aborted" ? run.state : "done";
  return { state, text, ...(run.error === undefined ? {} : { error: run.error }) };
}
