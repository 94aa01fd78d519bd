import {
  ClawError,
  type ModelSource,
  type SettingsChange,
  THINKING_LEVELS,
  type ThinkingLevel,
  type TurnSettings,
} from "@claw/core";
import { invalidRequest, type Params } from "@claw/protocol";
import { thinkingLevelNamed } from "../commands/thinking-level.ts";
import { MethodError } from "./context.ts";

type SettingParams = Partial<Omit<Params<"sessions.patch">, "key">>;

/** What the params ask to be changed; `null` on the wire takes a setting away. Refuses a level or model there isn't. */
export async function settingsChange(params: SettingParams, models: ModelSource | undefined): Promise<SettingsChange> {
  const { icon, color, category, model, thinkingLevel, responseUsage } = params;
  if (typeof model === "string") await checkModel(model, models);
  const change = {
    icon,
    color,
    category,
    model,
    thinkingLevel: typeof thinkingLevel === "string" ? thinkingLevelOf(thinkingLevel, "thinkingLevel") : thinkingLevel,
    fastMode: params.fastMode,
    queueMode: params.queueMode,
    responseUsage: responseUsage === "on" ? "tokens" : responseUsage,
    sendPolicy: params.sendPolicy,
    elevatedLevel: params.elevatedLevel === "off" ? null : params.elevatedLevel,
    execHost: params.execHost,
    execSecurity: params.execSecurity,
    execAsk: params.execAsk,
    // A mark that is not set is no setting.
    pinned: mark(params.pinned),
    archived: mark(params.archived),
    unread: mark(params.unread),
  } as const;
  const asked = Object.entries(change).filter(([, value]) => value !== undefined);
  return Object.fromEntries(asked.map(([key, value]) => [key, value ?? undefined]));
}

/** What a message asks for its own turn; refuses a level there isn't. */
export function turnSettings({
  thinking,
  fastMode,
}: Pick<Params<"chat.send">, "thinking" | "fastMode">): TurnSettings | undefined {
  if (thinking === undefined && fastMode === undefined) return undefined;
  return {
    ...(thinking === undefined ? {} : { thinkingLevel: thinkingLevelOf(thinking, "thinking") }),
    ...(fastMode === undefined ? {} : { fastMode }),
  };
}

/** The level by any of its names. */
function thinkingLevelOf(name: string, param: string): ThinkingLevel {
  const level = thinkingLevelNamed(name);
  if (level !== undefined) return level;
  throw new MethodError(
    invalidRequest(`${param}: expected one of ${THINKING_LEVELS.join(", ")}; found "${name.slice(0, 40)}"`),
  );
}

async function checkModel(model: string, models: ModelSource | undefined): Promise<void> {
  try {
    await models?.resolve(model);
  } catch (error) {
    throw new MethodError(invalidRequest(ClawError.from(error, "MODEL_UNKNOWN").message, { code: "MODEL_UNKNOWN" }));
  }
}

function mark(value: boolean | undefined): true | null | undefined {
  return value === undefined ? undefined : value || null;
}
