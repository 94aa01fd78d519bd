import type { QuestionRow } from "./questions.ts";

type Question = QuestionRow["questions"][number];

/**
 * What a person means who answers in a line of text: the number of an option, its label, or words of their own; where
 * several may be chosen, with commas between them.
 */
export function answerFromText(
  { options, multiSelect = false }: Pick<Question, "options" | "multiSelect">,
  text: string,
): readonly string[] {
  const named = (part: string): string | undefined =>
    /^\d{1,2}$/.test(part)
      ? options[Number(part) - 1]?.label
      : options.find(({ label }) => label.toLowerCase() === part.toLowerCase())?.label;
  const whole = text.trim();
  const parts = multiSelect
    ? whole
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== "")
    : [whole];
  const labels = parts.flatMap((part) => named(part) ?? []);
  if (labels.length === 0) return [whole];
  const own = parts.filter((part) => named(part) === undefined).join(", ");
  return [...new Set(own === "" ? labels : [...labels, own])];
}
