export { type BashCommand, bashCommand } from "./bash-command.ts";
export { type Supervisor, type SupervisorClient, type SupervisorClientOptions, supervisorClient } from "./client.ts";
export { type CollectedCall, collectRun } from "./collect-run.ts";
export type { OnBytes, SupervisedCommand } from "./command.ts";
export {
  type CommandExit,
  type ExecRequest,
  type ListedCommand,
  SignalNumber,
} from "./messages.ts";
export { carryNetwork, networkDescription, networkEnvironment } from "./network.ts";
export { supervisorProgram, supervisorSource } from "./program.ts";
export { PROTOCOL_VERSION } from "./protocol.ts";
export { type CommandEnd, type RunCommandOptions, runCommand } from "./run-command.ts";
export { dockerSeccompProfile } from "./seccomp/docker-profile.ts";
export { seccompProgram } from "./seccomp/filter-program.ts";
export { type StartProcessOptions, startProcess } from "./start-process.ts";
export { type WorkspaceQuota, type WorkspaceQuotaOptions, workspaceQuota } from "./workspace-quota.ts";
