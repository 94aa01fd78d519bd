import { THINKING_LEVELS, type ThinkingLevel } from "@claw/core";
import { z } from "zod";
import { thinkingLevelNamed } from "../commands/thinking-level.ts";

/** How hard a model thinks, by OpenAI's names for it and by ours. */
export const effort = z
  .string()
  .max(20)
  .transform((name, context): ThinkingLevel => {
    const level = thinkingLevelNamed(name);
    if (level !== undefined) return level;
    context.addIssue(`expected one of none, ${THINKING_LEVELS.join(", ")}, found ${name}`);
    return z.NEVER;
  })
  .nullish()
  .transform((level) => level ?? undefined);
