/** How hard a model thinks before it answers, from least to most; `adaptive` leaves it to the model. */
export const THINKING_LEVELS = [
  "off",
  "minimal",
  "low",
  "medium",
  "high",
  "xhigh",
  "adaptive",
  "max",
  "ultra",
] as const;

export type ThinkingLevel = (typeof THINKING_LEVELS)[number];

/**
 * What becomes of a message that arrives while a turn runs. `steer`: that turn reads it before its next model step.
 * `followup`: it gets a turn of its own. `collect`: the next turn takes all of them that wait. `interrupt`: the turn is
 * stopped for it.
 */
export const QUEUE_MODES = ["steer", "followup", "collect", "interrupt"] as const;

export type QueueMode = (typeof QUEUE_MODES)[number];

/** Whether commands of a session leave its sandbox: `on` and `ask` with a question before each, `full` as the policy says. */
export const ELEVATED_LEVELS = ["off", "on", "ask", "full"] as const;
/** Where the commands of a session run; `auto` as the configuration says. */
export const EXEC_HOSTS = ["auto", "sandbox", "gateway", "node"] as const;
/** Which commands may run on the host. */
export const EXEC_SECURITY = ["deny", "allowlist", "full"] as const;
/** About which of them a person is asked. */
export const EXEC_ASK = ["off", "on-miss", "always"] as const;

/** What people chose for one session. What is absent follows the agent and the configuration. */
export interface SessionSettings {
  /** Role or `provider/model`, instead of the agent's own. */
  readonly model?: string;
  readonly thinkingLevel?: ThinkingLevel;
  /** Ask the provider for its faster service, or expressly not; `auto`: in the first minute of each turn. */
  readonly fastMode?: boolean | "auto";
  readonly queueMode?: QueueMode;
  /** What an answer in a channel says of its cost. */
  readonly responseUsage?: "off" | "tokens" | "full";
  /** `deny`: answers stay in the session and are not sent to its channel. */
  readonly sendPolicy?: "allow" | "deny";
  readonly elevatedLevel?: (typeof ELEVATED_LEVELS)[number];
  readonly execHost?: (typeof EXEC_HOSTS)[number];
  readonly execSecurity?: (typeof EXEC_SECURITY)[number];
  readonly execAsk?: (typeof EXEC_ASK)[number];
  readonly pinned?: boolean;
  readonly archived?: boolean;
  readonly unread?: boolean;
  readonly icon?: string;
  readonly color?: string;
  readonly category?: string;
}

/** What of them one message may ask for its own turn. */
export type TurnSettings = Pick<SessionSettings, "thinkingLevel" | "fastMode">;

/** A key that is present with `undefined` takes its setting away; one that is absent leaves it. */
export type SettingsChange = { readonly [Key in keyof SessionSettings]?: SessionSettings[Key] | undefined };
