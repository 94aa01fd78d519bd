/**
 * `AGENT_CONTEXT_TOO_SMALL`: the request does not fit the model's window, whatever is left out of the history.
 * `AGENT_FILE`: a workspace file that can't be used. `AGENT_FILE_CHANGED`: it is not what was read.
 * `AGENT_FAILED`: anything unforeseen, with its `cause`. `AGENT_STEP_LIMIT`: more model steps than allowed.
 */
export type AgentErrorCode =
  | "AGENT_CONTEXT_TOO_SMALL"
  | "AGENT_FAILED"
  | "AGENT_FILE"
  | "AGENT_FILE_CHANGED"
  | "AGENT_STEP_LIMIT";
