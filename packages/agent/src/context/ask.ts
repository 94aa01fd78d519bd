import { ClawError, type Model, type ModelEvent, type Usage } from "@claw/core";

export interface Answer {
  readonly text: string;
  readonly model: string;
  readonly usage?: Usage;
}

/** One request without tools. `undefined` when there is no answer to be had; never rejects, never outlasts `signal`. */
export async function ask(
  model: Model,
  system: string,
  text: string,
  maxOutputTokens: number,
  signal: AbortSignal,
): Promise<Answer | "too-long" | undefined> {
  const stream = model.stream({ system, messages: [{ role: "user", text }], tools: [], signal, maxOutputTokens });
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const onAbort = (): void => resolve(undefined);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([read(stream, model.ref), late]);
  } catch {
    return undefined;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

async function read(stream: AsyncIterable<ModelEvent>, ref: string): Promise<Answer | "too-long" | undefined> {
  let text = "";
  for await (const event of stream) {
    if (event.type === "text-delta") text += event.text;
    if (event.type !== "model-end") continue;
    if (isOverflow(event.error)) return "too-long";
    if (event.stop === "error" || event.stop === "aborted" || text.trim() === "") return undefined;
    return {
      text: text.trim(),
      model: event.model ?? ref,
      ...(event.usage === undefined ? {} : { usage: event.usage }),
    };
  }
  return undefined;
}

/** The provider refused the request as longer than the model's window. */
export function isOverflow(error: unknown): boolean {
  return ClawError.is(error, "MODEL_CONTEXT_OVERFLOW");
}
