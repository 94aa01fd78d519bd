import type { TimelineSpan } from "@claw/protocol";

export type Stage = TimelineSpan["stage"];

export interface StageFacts {
  readonly name: string;
  /** What happens in it, for people. */
  readonly meaning: string;
  /** Tailwind class of its colour. */
  readonly colour: string;
}

export const STAGES: Readonly<Record<Stage, StageFacts>> = {
  accept: { name: "Accept", meaning: "Checked who asks and where it goes", colour: "bg-stage-accept" },
  journal: { name: "Journal", meaning: "Written to disk, so that a crash can't lose it", colour: "bg-stage-journal" },
  lane: { name: "Queue", meaning: "Waited for an earlier run of this chat", colour: "bg-stage-lane" },
  prompt: { name: "Prompt", meaning: "Put the prompt together", colour: "bg-stage-prompt" },
  model: { name: "Model", meaning: "The model thought and answered", colour: "bg-stage-model" },
  decide: { name: "Policy", meaning: "Decided whether the call is allowed", colour: "bg-stage-decide" },
  approval: { name: "Approval", meaning: "Waited for a person to say yes or no", colour: "bg-stage-approval" },
  question: { name: "Question", meaning: "Waited for a person's answer", colour: "bg-stage-approval" },
  sandbox: { name: "Sandbox", meaning: "Got the sandbox ready", colour: "bg-stage-sandbox" },
  tool: { name: "Tool", meaning: "The tool ran", colour: "bg-stage-tool" },
  record: { name: "Record", meaning: "Wrote the outcome down", colour: "bg-stage-record" },
  deliver: { name: "Deliver", meaning: "Handed the answer over", colour: "bg-stage-deliver" },
};
