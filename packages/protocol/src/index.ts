// Frames: what one text message is, and how large.

export {
  type EventFrame,
  type Frame,
  parseFrame,
  type RequestFrame,
  type ResponseFrame,
  type StateVersion,
} from "./frames.ts";
export {
  CLOSE_CODES,
  DEVICE_SIGNATURE_SKEW_MS,
  exceedsBytes,
  HANDSHAKE_TIMEOUT_MS,
  IDEMPOTENCY_MAX_KEYS,
  IDEMPOTENCY_WINDOW_MS,
  MAX_BUFFERED_BYTES,
  MAX_EARLY_FRAMES,
  MAX_ID_LENGTH,
  MAX_OPEN_REQUEST_BYTES,
  MAX_OPEN_REQUESTS,
  MAX_PAYLOAD_BYTES,
  MAX_PRE_AUTH_FRAME_BYTES,
  MAX_PRE_AUTH_SOCKETS,
  MAX_WRONG_ROLE_CALLS,
  MIN_NODE_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
  TICK_INTERVAL_MS,
} from "./limits.ts";
export type { Parsed } from "./parsed.ts";

// The handshake.

export { type DeviceAuthFields, deviceAuthPayload, pinnedName } from "./device-auth.ts";
export {
  CLIENT_IDS,
  CLIENT_MODES,
  type ClientInfo,
  type ConnectChallenge,
  type ConnectParams,
  connectParams,
  type HelloOk,
  type Presence,
  type Snapshot,
} from "./handshake.ts";

// Methods: the table, then what each family answers.

export type { AgentAccepted, AgentFinal, AgentWait } from "./agent.ts";
export type { AgentFile, AgentFilesGet, AgentFilesList, AgentFilesResults, AgentFilesSet } from "./agent-files.ts";
export type { AgentDeleted, AgentSummary, AgentsList, AgentsResults, AgentWritten } from "./agents.ts";
export type {
  ApprovalHistory,
  ApprovalResolved,
  ApprovalResolvedEvent,
  ApprovalRow,
  ApprovalsResults,
  ApprovalWait,
} from "./approvals.ts";
export {
  type ChatAborted,
  type ChatHistory,
  type ChatMessageGet,
  type ChatSendAck,
  MAX_HISTORY_MESSAGES,
  MAX_MESSAGE_LENGTH,
} from "./chat.ts";
export type { AgentIdentity, ChatMetadata, ChatStartup } from "./chat-start.ts";
export type { CommandEntry, CommandsList } from "./commands.ts";
export type {
  ConfigIssue,
  ConfigReload,
  ConfigSchema,
  ConfigSchemaLookup,
  ConfigSnapshot,
  ConfigWritten,
  SecretsReloaded,
} from "./config.ts";
export type {
  DevicePairApproved,
  DevicePairList,
  DevicePairRejected,
  DevicePairRemoved,
  DevicePairRenamed,
  DevicePairRequestedEvent,
  DevicePairResolvedEvent,
  DeviceTokenRevoked,
  DeviceTokenRotated,
  GatewayIdentity,
  PairedDevice,
  PairingReason,
  PendingDevice,
} from "./devices.ts";
export type { DegradedSecretOwner, Health, RecentSessions, Status, StatusSession, TaskCounts } from "./health.ts";
export type { LogsTail } from "./logs.ts";
export type {
  AssistantHistoryMessage,
  CompactionHistoryMessage,
  HistoryMark,
  HistoryMessage,
  StopReason,
  TextBlock,
  TokenUsage,
  ToolCallBlock,
  ToolResultHistoryMessage,
  UserHistoryMessage,
} from "./messages.ts";
export type { MethodSpec } from "./method-spec.ts";
export {
  type FinalResult,
  type FinalResults,
  isMethod,
  type MethodName,
  type MethodResults,
  methods,
  type Params,
  type Result,
} from "./methods.ts";
export type { ModelRow, ModelsAuthStatus, ModelsList, ModelsProbe, ProviderAuth } from "./models.ts";
export { parseParams } from "./params.ts";
export { answerFromText } from "./question-answers.ts";
export type {
  QuestionRequested,
  QuestionResolved,
  QuestionResolvedEvent,
  QuestionRow,
  QuestionsResults,
  QuestionWait,
} from "./questions.ts";
export type { RunRow, RunsGet, RunsList, TimelineSpan } from "./runs.ts";
export type { SafeModeInfo, SafeModeOff } from "./safe-mode.ts";
export type {
  SandboxExplained,
  SandboxesEnded,
  SandboxList,
  SandboxRow,
  SandboxStatus,
  SandboxValue,
} from "./sandbox.ts";
export type { Sent } from "./send.ts";
export type { ChatInjected, SessionsCompacted, SessionsForked, SessionsRewound } from "./session-branches.ts";
export type {
  SessionsAborted,
  SessionsCreated,
  SessionsDeleted,
  SessionsSent,
} from "./session-edits.ts";
export type { SessionMembers } from "./session-members.ts";
export type { SessionMessageEvent, SessionsMessagesSubscribed } from "./session-messages.ts";
export { patchScope, type SessionsPatched } from "./session-patch.ts";
export type { SessionsDescribe, SessionsGet, SessionsPreview, SessionsResolved } from "./session-reading.ts";
export type { SearchResult, SessionsSearch } from "./session-search.ts";
export type { SessionsUsage, TokenTotals } from "./session-usage.ts";
export type { SessionRow, SessionsList, SessionsSubscribed } from "./sessions.ts";
export type { ToolGroup, ToolRow, ToolsCatalog, ToolsEffective, ToolsInvoked } from "./tools.ts";
export type { CostTotals } from "./usage.ts";
export type { UserRow } from "./users.ts";

// Events.

export {
  type AgentEvent,
  type ChatEvent,
  type ChatPhase,
  type CompactionData,
  EVENT_NAMES,
  type EventName,
  type EventPayloads,
  eventScope,
  type LifecycleData,
  mayReceive,
  type ToolData,
} from "./events.ts";

// Who may, and what a refusal looks like.

export {
  type ConnectErrorCode,
  type DetailCode,
  type ErrorCode,
  invalidRequest,
  missingScope,
  type RecommendedNextStep,
  unavailable,
  unknownMethod,
  type WireError,
} from "./errors.ts";
export { isScope, SCOPES, type Scope, satisfies } from "./scopes.ts";
