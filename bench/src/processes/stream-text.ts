import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { jsonSchema, type ModelMessage, streamText, type ToolSet, tool } from "ai";
import { latenessOf } from "../harness/paced.ts";
import { serveProcedures } from "../harness/remote.ts";
import type { TurnTiming } from "../harness/turns.ts";
import type { Prompt } from "./model-server.ts";

interface TurnsWanted {
  readonly baseUrl: string;
  readonly prompt: Prompt;
  readonly sessions: readonly string[];
  /** In each session, one after the other. */
  readonly turns: number;
  readonly text: string;
}

const conversations = new Map<string, ModelMessage[]>();

/** A chat program's least: the AI SDK as its documentation shows it, conversations in memory, nothing else. */
async function takeTurns({ baseUrl, prompt, sessions, turns, text }: TurnsWanted): Promise<readonly TurnTiming[]> {
  const model = createOpenAICompatible({ name: "bench", baseURL: baseUrl, includeUsage: true })("bench");
  const tools: ToolSet = Object.fromEntries(
    prompt.tools.map(({ function: { name, description, parameters } }) => [
      name,
      tool({ description, inputSchema: jsonSchema<object>(parameters), outputSchema: jsonSchema<string>({}) }),
    ]),
  );

  async function takeTurn(messages: ModelMessage[]): Promise<TurnTiming> {
    const beganMs = performance.now();
    let firstDeltaMs = Number.NaN;
    messages.push({ role: "user", content: text });
    const lateMs: number[] = [];
    let reply = "";
    for await (const delta of streamText({ model, instructions: prompt.system, messages, tools }).textStream) {
      if (reply === "") firstDeltaMs = performance.now() - beganMs;
      reply += delta;
      lateMs.push(...latenessOf(delta));
    }
    messages.push({ role: "assistant", content: reply });
    return { firstDeltaMs, doneMs: performance.now() - beganMs, lateMs };
  }

  const timings = await Promise.all(
    sessions.map(async (session) => {
      const messages = conversations.get(session) ?? [];
      conversations.set(session, messages);
      const taken: TurnTiming[] = [];
      for (let turn = 0; turn < turns; turn++) taken.push(await takeTurn(messages));
      return taken;
    }),
  );
  return timings.flat();
}

const procedures = { takeTurns };
export type StreamTextProcedures = typeof procedures;

serveProcedures(procedures);
