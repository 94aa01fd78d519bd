import type { ThinkingLevel } from "@claw/core";
import { z } from "zod";
import { content, foreignPart, textOf } from "./content.ts";
import { conversationText } from "./conversation-text.ts";
import { effort } from "./effort.ts";
import { readBody } from "./read-body.ts";

/** What of an OpenAI chat request is understood; what is not (sampling, tools of the caller's) is left alone. */
export const chatRequest = z.looseObject({
  model: z.string().min(1).max(200),
  messages: z
    .array(z.looseObject({ role: z.string(), content: content.nullish() }))
    .min(1)
    .max(10_000),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  user: z.string().max(200).nullish(),
  reasoning_effort: effort,
});

export interface ChatRequest {
  readonly model: string;
  /** For the agent. */
  readonly text: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** The same user continues the same session. */
  readonly user: string | undefined;
  readonly thinking: ThinkingLevel | undefined;
}

/** Reads a request's body; a string is what is wrong with it. */
export async function readChatRequest(request: Pick<Request, "json">): Promise<ChatRequest | string> {
  const body = await readBody(request, chatRequest);
  if (typeof body === "string") return body;
  const { model, messages, stream, stream_options, reasoning_effort: thinking } = body;
  const foreign = foreignPart(messages, ["text"]);
  if (foreign !== undefined) return `messages: expected parts of type text, found ${foreign}`;
  const user = body.user || undefined;
  const said = messages.map((message) => ({ role: message.role, text: textOf(message) }));
  // The caller keeps the history, so a session of its own starts with all of it; a user's standing session has its own.
  const text = conversationText(user === undefined ? said : said.filter(({ role }) => role === "user").slice(-1));
  if (text === "") return "messages: expected a user message with text";
  return { model, text, stream: stream === true, includeUsage: stream_options?.include_usage === true, user, thinking };
}
