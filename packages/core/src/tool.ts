import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import type { Principal } from "./principal.ts";
import type { Provenance } from "./provenance.ts";
import type { Question, QuestionAnswers } from "./questions.ts";
import type { OutputChunk, Sandbox } from "./sandbox.ts";

/** What a model is told of a tool. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the input. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

/** What people said to a tool's questions. */
export interface GivenAnswers {
  readonly answers: QuestionAnswers;
  readonly provenance: Provenance;
}

export interface ToolContext {
  readonly run: string;
  readonly session: string;
  readonly agent: string;
  readonly principal: Principal;
  /** Acquired on first use and kept for the session. Rejects with `SANDBOX_UNAVAILABLE` when there is none. */
  sandbox(): Promise<Sandbox>;
  /**
   * Asks the people of the session and waits, while the turn's time stands still. `undefined` when it was skipped, or
   * nobody answered in time. After a restart the same call finds the same questions, so the tool has to be `repeatable`.
   */
  ask(questions: readonly Question[], options: { readonly timeoutMs: number }): Promise<GivenAnswers | undefined>;
  /**
   * Says that something goes on in the sandbox after the call, which is kept until `work` settles; what that resolves to
   * is told to the session, as a message that its model reads.
   */
  goesOn(work: Promise<string | undefined>): void;
  /** Shown to people while the tool runs; what the model reads is the result alone. */
  progress(chunk: OutputChunk): void;
  readonly signal: AbortSignal;
}

export interface ToolResult {
  /** What the model reads. */
  readonly output: string;
  readonly failed: boolean;
  /** What people see beside it: exit code, duration, bytes. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Where the output came from, joined into the turn. Default: origin `tool`, trusted. */
  readonly provenance?: Provenance;
}

export interface Tool<Input = unknown> {
  readonly name: string;
  /** One or two sentences for the model. */
  readonly description: string;
  /** A zod 4 object satisfies this. */
  readonly input: StandardSchemaV1<unknown, Input> & StandardJSONSchemaV1<unknown, Input>;
  /**
   * Nothing is done twice when the same call is made again: after a crash it is, instead of being reported as of unknown
   * outcome.
   */
  readonly repeatable?: true;
  /** An expected failure is a result; a rejection is reported to the model as a failed call. */
  run(input: Input, context: ToolContext): Promise<ToolResult>;
}

/** The spec of a tool; build it once per configuration, not once per turn. */
export function toolSpec(tool: Tool): ToolSpec {
  const { $schema: _, ...inputSchema } = tool.input["~standard"].jsonSchema.input({ target: "draft-07" });
  return { name: tool.name, description: tool.description, inputSchema };
}
