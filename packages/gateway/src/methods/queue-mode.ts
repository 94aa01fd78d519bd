import { QUEUE_MODES, type QueueMode } from "@claw/core";
import { invalidRequest } from "@claw/protocol";
import { MethodError } from "./context.ts";

export function isQueueMode(text: string): text is QueueMode {
  return QUEUE_MODES.some((mode) => mode === text);
}

/** What is wrong with the name of a mode that there is not. */
export function noQueueMode(text: string): string {
  return `expected ${QUEUE_MODES.join(", ")}, found ${text.slice(0, 40)}`;
}

/** The mode that a client names; refuses one that there is not. */
export function queueModeNamed(text: string | undefined): QueueMode | undefined {
  if (text === undefined || isQueueMode(text)) return text;
  throw new MethodError(invalidRequest(`queueMode: ${noQueueMode(text)}`));
}
