/** How a conversation is kept within a model's window. */
export interface ContextOptions {
  /** Tokens of a model whose window is not known. Default 128,000. */
  readonly assumedWindow?: number;
  readonly compaction?: CompactionOptions;
  readonly pruning?: PruningOptions;
}

export interface CompactionOptions {
  /** False: only when a provider refuses the request as too long, or a person asks. Default true. */
  readonly enabled?: boolean;
  /** Tokens left free for the answer and for wrong guesses. Default 20,000; at most a quarter of the window. */
  readonly reserveTokens?: number;
  /** Tokens of the newest messages that stay as they are. Default 20,000; at most half of what may be sent. */
  readonly keepRecentTokens?: number;
  /** For writing one summary, over all of its requests. Default 180,000. */
  readonly timeoutMs?: number;
  /** Role or `provider/model` that writes it. Default: the one that the turn asks. */
  readonly model?: string;
}

/** Old tool results, which are most of a long conversation, are shortened in what a model is given. */
export interface PruningOptions {
  /** Default `off`. */
  readonly mode?: "off" | "on";
  /** Filled by this much of the window, old results above `softTrimCharacters` lose their middle. Default 0.3. */
  readonly softTrimRatio?: number;
  /** Default 4,000. */
  readonly softTrimCharacters?: number;
  /** Filled by this much, they go altogether. Default 0.5. */
  readonly hardClearRatio?: number;
  /** Results of the newest model steps that are never touched. Default 3. */
  readonly keepLastSteps?: number;
}

export interface ContextLimits {
  readonly window: number;
  /** Tokens that a request may have. */
  readonly request: number;
  /** Tokens of the newest messages that a compaction leaves alone. */
  readonly keep: number;
  /** Of one tool result. */
  readonly toolResultCharacters: number;
}

const ASSUMED_WINDOW = 128_000;
const RESERVE_TOKENS = 20_000;
const KEEP_TOKENS = 20_000;

export function contextLimits(contextWindow: number | undefined, options: ContextOptions): ContextLimits {
  const window = contextWindow ?? options.assumedWindow ?? ASSUMED_WINDOW;
  const { reserveTokens = RESERVE_TOKENS, keepRecentTokens = KEEP_TOKENS } = options.compaction ?? {};
  const request = Math.floor(window - Math.min(reserveTokens, window / 4));
  const byWindow = window >= 200_000 ? 64_000 : window >= 100_000 ? 32_000 : 16_000;
  return {
    window,
    request,
    keep: Math.floor(Math.min(keepRecentTokens, request / 2)),
    toolResultCharacters: Math.min(byWindow, request),
  };
}
