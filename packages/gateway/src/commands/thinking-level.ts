import { THINKING_LEVELS, type ThinkingLevel } from "@claw/core";

/** Other names that people and clients use for a level. */
const ALIASES: Readonly<Record<string, ThinkingLevel>> = {
  none: "off",
  min: "minimal",
  mid: "medium",
  med: "medium",
  on: "medium",
  "x-high": "xhigh",
  "extra-high": "xhigh",
  highest: "max",
  auto: "adaptive",
};

/** The level by any of its names. */
export function thinkingLevelNamed(name: string): ThinkingLevel | undefined {
  const wanted = name.trim().toLowerCase();
  return THINKING_LEVELS.find((known) => known === wanted) ?? ALIASES[wanted];
}
