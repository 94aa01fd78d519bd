/**
 * `AGENT_STEP_LIMIT`: more model steps than allowed. `AGENT_FAILED`: anything unforeseen, with its `cause`.
 */
export type AgentErrorCode = "AGENT_FAILED" | "AGENT_STEP_LIMIT";
