import type { QuestionRow } from "@claw/protocol";

export type Question = QuestionRow["questions"][number];
export type Answers = Readonly<Record<string, string[]>>;

/** What somebody has chosen and written so far. */
export interface Draft {
  readonly chosen: readonly string[];
  readonly own: string;
}

export const EMPTY: Draft = { chosen: [], own: "" };

/** Chooses an option, or takes it back. Of a question with one answer it stands instead of everything else. */
export function choose({ multiSelect = false }: Question, { chosen, own }: Draft, label: string): Draft {
  const others = chosen.filter((one) => one !== label);
  const wasChosen = others.length < chosen.length;
  if (!multiSelect) return { chosen: wasChosen ? [] : [label], own: "" };
  return { chosen: wasChosen ? others : [...chosen, label], own };
}

/** Words of one's own; of a question with one answer they stand instead of an option. */
export function write({ multiSelect = false }: Question, { chosen }: Draft, own: string): Draft {
  return { chosen: multiSelect || own.trim() === "" ? chosen : [], own };
}

/** All answers, in the order of the options; `undefined` while one is missing. */
export function answersOf(
  questions: readonly Question[],
  drafts: Readonly<Record<string, Draft>>,
): Answers | undefined {
  const answers: Record<string, string[]> = {};
  for (const { questionId, options } of questions) {
    const { chosen, own } = drafts[questionId] ?? EMPTY;
    const labels = options.map(({ label }) => label).filter((label) => chosen.includes(label));
    const given = [...labels, ...(own.trim() === "" || labels.includes(own.trim()) ? [] : [own.trim()])];
    if (given.length === 0) return undefined;
    answers[questionId] = given;
  }
  return answers;
}
