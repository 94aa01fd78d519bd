// Who acts, and where data came from.

// A turn.
export type { Agent, AgentEvent, CompactionReason, Turn } from "./agent.ts";
export type { Approval, ApprovalDecision, ApprovalLedger, NewApproval, OwnApprovals } from "./approvals.ts";
export type { AskEnd, Asked, AskLedger, NewAsk, OwnAsks } from "./asks.ts";
// What survives.
export type { Bus, Lease } from "./bus.ts";
// Small things everything needs.
export type { Awaitable, CallOptions } from "./call-options.ts";
// The edges.
export type {
  Address,
  Attachment,
  Broadcast,
  Channel,
  ChannelContext,
  Inbound,
  Outbound,
  Receipt,
  Route,
  Router,
} from "./channel.ts";
export { type Clock, systemClock } from "./clock.ts";
export type {
  Device,
  DeviceGrant,
  DeviceProfile,
  DeviceRegistry,
  DeviceRequest,
  DeviceToken,
  KnownDevice,
  NewDeviceRequest,
  OwnDevices,
  Pairing,
} from "./devices.ts";
export type { EditableFile, EditableFiles } from "./editable-files.ts";
export { ClawError, RateLimitedError } from "./errors.ts";
export type { FailedAttemptLog, FailedAttempts } from "./failed-attempts.ts";
export { hostWorkspace } from "./host-workspace.ts";
export type {
  Accepted,
  AcceptInput,
  Answered,
  Delivery,
  Effect,
  Journal,
  NewDelivery,
  NewEntry,
  ResetWhen,
  RunEnd,
  UnfinishedRun,
} from "./journal.ts";
export { type Logger, silentLogger } from "./logger.ts";
// What an agent knows.
export type { Memory, MemoryEntry, MemoryScope } from "./memory.ts";
export type {
  AssistantMessage,
  Message,
  ModelMessage,
  SummaryMessage,
  Thought,
  ToolCall,
  ToolMessage,
  Usage,
  UserMessage,
} from "./message.ts";
export type {
  Embedder,
  Embedding,
  Model,
  ModelEvent,
  ModelInfo,
  ModelRequest,
  ModelSource,
  ProviderInfo,
} from "./model.ts";
export {
  type CollectedOutput,
  type OutputCollector,
  type OutputCollectorOptions,
  outputCollector,
} from "./output-collector.ts";
// The one gate before every effect.
export {
  type Action,
  type ActionType,
  type Audit,
  type AuditedIntent,
  type Budget,
  type Decision,
  digestOf,
  type Policy,
  type Reservation,
  type Spending,
} from "./policy.ts";
export type { Cost, PriceList } from "./prices.ts";
export { hasScope, type Principal, type Scope } from "./principal.ts";
export { joinProvenance, MAX_BECAUSE, type Origin, type Provenance } from "./provenance.ts";
export type {
  Inquiry,
  InquiryLedger,
  NewInquiry,
  OwnInquiries,
  Question,
  QuestionAnswers,
} from "./questions.ts";
export { inReadingOrder, turnOf } from "./reading-order.ts";
export type { RunEvent, RunOutcome, RunRef } from "./run-event.ts";
export type {
  FileInfo,
  OutputChunk,
  ProcessSignal,
  RunOptions,
  RunResult,
  Sandbox,
  SandboxErrorCode,
  SandboxLease,
  SandboxNetwork,
  SandboxProcess,
  SandboxProvider,
  SandboxResource,
  SandboxSpec,
  SandboxStatus,
  StartOptions,
  TerminalSize,
} from "./sandbox.ts";
export { SECRETS_DIRECTORY, tellSecrets, withSecrets } from "./sandbox-secrets.ts";
export {
  ELEVATED_LEVELS,
  EXEC_ASK,
  EXEC_HOSTS,
  EXEC_SECURITY,
  QUEUE_MODES,
  type QueueMode,
  type SessionSettings,
  type SettingsChange,
  THINKING_LEVELS,
  type ThinkingLevel,
  type TurnSettings,
} from "./session-settings.ts";
export type { Skill, SkillSource } from "./skill.ts";
export type { Starts, UncleanStart } from "./starts.ts";
export type {
  Access,
  Audience,
  Collections,
  Entry,
  Member,
  Run,
  SearchHit,
  Session,
  Span,
  Store,
  StoreErrorCode,
  StoreTrouble,
} from "./store.ts";
export { type GivenAnswers, type Tool, type ToolContext, type ToolResult, type ToolSpec, toolSpec } from "./tool.ts";
export type { SessionUsage, TokenSum, UsageQuery, UsageRow } from "./usage.ts";
export { listWorkspaceDirectory, readWorkspaceFile, writeWorkspaceFile } from "./workspace-files.ts";
export { pathEscape, workspacePath } from "./workspace-path.ts";
