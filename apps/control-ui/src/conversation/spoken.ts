import type { SpokenPart } from "./conversation.ts";

/** What was said, tool calls left out. */
function spokenText(parts: readonly SpokenPart[]): string {
  return parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
}

export function withMoreText(parts: readonly SpokenPart[], text: string): readonly SpokenPart[] {
  if (text === "") return parts;
  const last = parts.at(-1);
  if (last?.kind !== "text") return [...parts, { kind: "text", text }];
  return [...parts.slice(0, -1), { kind: "text", text: last.text + text }];
}

/** `text` in place of all that was said; what it repeats stays where it stood between the tool calls. */
export function withAllText(parts: readonly SpokenPart[], text: string): readonly SpokenPart[] {
  let rest = text;
  const kept = parts.filter((part) => {
    if (part.kind === "tool") return true;
    if (!rest.startsWith(part.text)) return false;
    rest = rest.slice(part.text.length);
    return true;
  });
  return withMoreText(kept, rest);
}

/** The last words of a run, which may be all of its text or only what came after the last tool call. */
export function withFinalText(parts: readonly SpokenPart[], text: string): readonly SpokenPart[] {
  const spoken = spokenText(parts);
  if (spoken.endsWith(text)) return parts;
  if (text.startsWith(spoken)) return withAllText(parts, text);
  return withMoreText(parts.at(-1)?.kind === "text" ? parts.slice(0, -1) : parts, text);
}

export function withTool(parts: readonly SpokenPart[], callId: string): readonly SpokenPart[] {
  return parts.some((part) => part.kind === "tool" && part.callId === callId)
    ? parts
    : [...parts, { kind: "tool", callId }];
}
