import type { z } from "zod";
import { type AgentFinalResults, type AgentResults, agentMethods } from "./agent.ts";
import { type AgentFilesResults, agentFilesMethods } from "./agent-files.ts";
import { type AgentsResults, agentsMethods } from "./agents.ts";
import { type ApprovalsResults, approvalsMethods } from "./approvals.ts";
import { type ChatResults, chatMethods } from "./chat.ts";
import { type ChatStartResults, chatStartMethods } from "./chat-start.ts";
import { type CommandsResults, commandsMethods } from "./commands.ts";
import { type ConfigResults, configMethods } from "./config.ts";
import { type DevicesResults, devicesMethods } from "./devices.ts";
import { type HealthResults, healthMethods } from "./health.ts";
import { type LogsResults, logsMethods } from "./logs.ts";
import type { MethodSpecs } from "./method-spec.ts";
import { type ModelsResults, modelsMethods } from "./models.ts";
import { type QuestionsResults, questionsMethods } from "./questions.ts";
import { type RunsResults, runsMethods } from "./runs.ts";
import { type SafeModeResults, safeModeMethods } from "./safe-mode.ts";
import { type SandboxResults, sandboxMethods } from "./sandbox.ts";
import { type SendResults, sendMethods } from "./send.ts";
import { type SessionBranchesResults, sessionBranchesMethods } from "./session-branches.ts";
import { type SessionEditsResults, sessionEditsMethods } from "./session-edits.ts";
import { type SessionMembersResults, sessionMembersMethods } from "./session-members.ts";
import { type SessionMessagesResults, sessionMessagesMethods } from "./session-messages.ts";
import { type SessionReadingResults, sessionReadingMethods } from "./session-reading.ts";
import { type SessionSearchResults, sessionSearchMethods } from "./session-search.ts";
import { type SessionUsageResults, sessionUsageMethods } from "./session-usage.ts";
import { type SessionsResults, sessionsMethods } from "./sessions.ts";
import { type ToolsResults, toolsMethods } from "./tools.ts";
import { type UsageResults, usageMethods } from "./usage.ts";
import { type UsersResults, usersMethods } from "./users.ts";

/** What each method answers. */
export interface MethodResults
  extends HealthResults,
    AgentsResults,
    AgentFilesResults,
    SessionsResults,
    SessionReadingResults,
    SessionMembersResults,
    SessionMessagesResults,
    SessionSearchResults,
    SessionEditsResults,
    SessionUsageResults,
    SessionBranchesResults,
    ChatResults,
    ChatStartResults,
    CommandsResults,
    SendResults,
    AgentResults,
    ModelsResults,
    ConfigResults,
    RunsResults,
    SandboxResults,
    ToolsResults,
    ApprovalsResults,
    QuestionsResults,
    DevicesResults,
    LogsResults,
    UsageResults,
    SafeModeResults,
    UsersResults {}

/** What the methods that answer twice say the second time. */
export interface FinalResults extends AgentFinalResults {}

/** The methods that answer twice. */
export const FINAL_RESULTS: Readonly<Record<keyof FinalResults, true>> = { agent: true };

/** Every method of this protocol after `connect`. Look names from the wire up with {@link isMethod} first. */
export const methods = {
  ...healthMethods,
  ...agentsMethods,
  ...agentFilesMethods,
  ...sessionsMethods,
  ...sessionReadingMethods,
  ...sessionMembersMethods,
  ...sessionMessagesMethods,
  ...sessionSearchMethods,
  ...sessionEditsMethods,
  ...sessionUsageMethods,
  ...sessionBranchesMethods,
  ...chatMethods,
  ...chatStartMethods,
  ...commandsMethods,
  ...sendMethods,
  ...agentMethods,
  ...modelsMethods,
  ...configMethods,
  ...runsMethods,
  ...sandboxMethods,
  ...toolsMethods,
  ...approvalsMethods,
  ...questionsMethods,
  ...devicesMethods,
  ...logsMethods,
  ...usageMethods,
  ...safeModeMethods,
  ...usersMethods,
} as const satisfies MethodSpecs<MethodResults>;

export type MethodName = keyof typeof methods;
/** What a client sends, and what a handler gets once parsed. */
export type Params<Method extends MethodName> = z.output<(typeof methods)[Method]["params"]>;
/** The first answer. */
export type Result<Method extends MethodName> = MethodResults[Method];
/** The last answer: the second one of a method that answers twice. */
export type FinalResult<Method extends MethodName> = Method extends keyof FinalResults
  ? FinalResults[Method]
  : MethodResults[Method];

export function isMethod(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}
