import type { ThinkingLevel } from "@claw/core";
import { z } from "zod";
import { content, foreignPart, textOf } from "./content.ts";
import { conversationText } from "./conversation-text.ts";
import { effort } from "./effort.ts";
import { readBody } from "./read-body.ts";

const item = z.looseObject({
  type: z.string().max(100).nullish(),
  role: z.string().max(100).nullish(),
  content: content.nullish(),
});

/** What of an OpenAI Responses request is understood; what is not (sampling, tools of the caller's) is left alone. */
export const responsesRequest = z.looseObject({
  model: z.string().min(1).max(200),
  input: z.union([z.string(), z.array(item).max(10_000)]),
  instructions: z.string().nullish(),
  previous_response_id: z.string().max(300).nullish(),
  stream: z.boolean().nullish(),
  user: z.string().max(200).nullish(),
  reasoning: z.looseObject({ effort }).nullish(),
  metadata: z
    .record(z.string().max(64), z.string().max(512))
    .refine((metadata) => Object.keys(metadata).length <= 16, "expected at most 16 keys")
    .nullish(),
  background: z.literal(false, "a response can't be fetched later: leave it out").nullish(),
  conversation: z.null("conversations are not kept under an id: use previous_response_id or user").optional(),
});

export interface ResponsesRequest {
  readonly model: string;
  /** For the agent. */
  readonly text: string;
  readonly stream: boolean;
  readonly instructions: string | undefined;
  /** Continues the session of that response. */
  readonly previous: string | undefined;
  /** The same user continues the same session. */
  readonly user: string | undefined;
  readonly thinking: ThinkingLevel | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

const TEXT_PARTS = ["input_text", "output_text", "text"];

/** Reads a request's body; a string is what is wrong with it. */
export async function readResponsesRequest(request: Pick<Request, "json">): Promise<ResponsesRequest | string> {
  const body = await readBody(request, responsesRequest);
  if (typeof body === "string") return body;
  const { model, input, stream, metadata } = body;
  // What a model thought is its own; a client that sends a whole answer back sends it along.
  const all: readonly z.output<typeof item>[] = typeof input === "string" ? [{ content: input }] : input;
  const items = all.filter(({ type }) => type !== "reasoning");
  const unknown = items.find(({ type }) => (type ?? "message") !== "message")?.type ?? undefined;
  if (unknown !== undefined) return `input: expected items of type message, found ${unknown.slice(0, 50)}`;
  const foreign = foreignPart(items, TEXT_PARTS);
  if (foreign !== undefined) return `input: expected parts of type input_text, found ${foreign}`;

  const instructions = body.instructions || undefined;
  const previous = body.previous_response_id || undefined;
  const user = body.user || undefined;
  const said = items.map((one) => ({ role: one.role ?? "user", text: textOf(one) }));
  // After a previous response all of it is new; a user's standing session knows what came before the last message.
  const standing = previous === undefined && user !== undefined;
  const told = standing ? said.filter(({ role }) => role === "user").slice(-1) : said;
  const text = conversationText(told, instructions);
  if (text === "") return "input: expected a user message with text";
  const known = { model, text, stream: stream === true, instructions, previous, user };
  return { ...known, thinking: body.reasoning?.effort, metadata: metadata ?? {} };
}
