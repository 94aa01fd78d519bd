import { z } from "zod";

const part = z.looseObject({ type: z.string(), text: z.string().optional() });
const content = z.union([z.string(), z.array(part).max(1_000)]);

/** What of an OpenAI chat request is understood; what is not (sampling, tools of the caller's) is left alone. */
const chatRequest = z.looseObject({
  model: z.string().min(1).max(200),
  messages: z
    .array(z.looseObject({ role: z.string(), content: content.nullish() }))
    .min(1)
    .max(10_000),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  user: z.string().max(200).nullish(),
});

type Message = z.output<typeof chatRequest>["messages"][number];

export interface ChatRequest {
  readonly model: string;
  /** For the agent. */
  readonly text: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** The same user continues the same session. */
  readonly user: string | undefined;
}

/** Reads a request's body; a string is what is wrong with it. */
export async function readChatRequest(request: Pick<Request, "json">): Promise<ChatRequest | string> {
  const body: unknown = await request.json().catch(() => undefined);
  if (body === undefined) return "body: expected JSON";
  const parsed = chatRequest.safeParse(body);
  if (!parsed.success) return describe(parsed.error.issues);
  const { model, messages, stream, stream_options, user } = parsed.data;
  const foreign = messages.flatMap(partsOf).find(({ type }) => type !== "text");
  if (foreign !== undefined) return `messages: expected parts of type text, found ${foreign.type.slice(0, 50)}`;
  const standing = user || undefined;
  const text = textFor(messages, standing !== undefined);
  if (text === "") return "messages: expected a user message with text";
  const includeUsage = stream_options?.include_usage === true;
  return { model, text, stream: stream === true, includeUsage, user: standing };
}

/**
 * A session of its own starts with the whole conversation, since the caller keeps the history; a user's standing
 * session has its own, so it gets the last message alone.
 */
function textFor(messages: readonly Message[], standing: boolean): string {
  const last = messages.findLast((message) => message.role === "user");
  const text = last === undefined ? "" : textOf(last);
  const before = messages.filter((message) => message !== last && textOf(message) !== "");
  if (text === "" || before.length === 0 || standing) return text;
  const transcript = before.map((message) => `${message.role}: ${textOf(message)}`).join("\n\n");
  return `The conversation so far, as the caller tells it:\n\n${transcript}\n\nThe message to answer:\n\n${text}`;
}

const partsOf = ({ content }: Message) => (typeof content === "string" ? [] : (content ?? []));

const textOf = (message: Message): string =>
  typeof message.content === "string"
    ? message.content
    : partsOf(message)
        .map(({ text }) => text ?? "")
        .join("");

function describe(issues: readonly z.core.$ZodIssue[]): string {
  return issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.map(String).join(".") || "body"}: ${message}`)
    .join("; ");
}
