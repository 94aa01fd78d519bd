import { z } from "zod";

const part = z.looseObject({ type: z.string(), text: z.string().optional() });
const content = z.union([z.string(), z.array(part).max(1_000)]);

/** What of an OpenAI chat request is understood; what is not (sampling, tools of the caller's) is left alone. */
export const chatRequest = z.looseObject({
  model: z.string().min(1).max(200),
  messages: z
    .array(z.looseObject({ role: z.string(), content: content.nullish() }))
    .min(1)
    .max(10_000),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  /** The same user continues the same session. */
  user: z.string().max(200).nullish(),
});

export type ChatRequest = z.output<typeof chatRequest>;

/**
 * The text for the agent. A session of its own starts with the whole conversation, since the caller keeps the history;
 * a user's standing session has its own, so it gets the last message alone.
 */
export function messageText({ messages, user }: ChatRequest): string {
  const last = messages.findLast((message) => message.role === "user");
  const text = textOf(last?.content);
  const before = messages.filter((message) => message !== last && textOf(message.content) !== "");
  if (before.length === 0 || (user ?? "") !== "") return text;
  const transcript = before.map((message) => `${message.role}: ${textOf(message.content)}`).join("\n\n");
  return `The conversation so far, as the caller tells it:\n\n${transcript}\n\nThe message to answer:\n\n${text}`;
}

function textOf(value: z.output<typeof content> | null | undefined): string {
  if (typeof value === "string") return value;
  return (value ?? []).map((one) => one.text ?? "").join("");
}
