import { z } from "zod";

const part = z.looseObject({ type: z.string(), text: z.string().optional() });

/** What OpenAI's clients put into a message: a text, or parts. */
export const content = z.union([z.string(), z.array(part).max(1_000)]);

export interface WithContent {
  readonly content?: z.output<typeof content> | null | undefined;
}

const partsOf = ({ content }: WithContent) => (typeof content === "string" ? [] : (content ?? []));

export function textOf(message: WithContent): string {
  if (typeof message.content === "string") return message.content;
  return partsOf(message)
    .map(({ text }) => text ?? "")
    .join("");
}

/** A part that is none of the `known` types, which would be lost in the text. */
export function foreignPart(messages: readonly WithContent[], known: readonly string[]): string | undefined {
  return messages
    .flatMap(partsOf)
    .find(({ type }) => !known.includes(type))
    ?.type.slice(0, 50);
}
