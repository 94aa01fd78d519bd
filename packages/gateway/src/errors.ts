/**
 * `GATEWAY_BUSY`: too much waits already, the message names the setting. `GATEWAY_DROPPED`: it waited, and the queue was full.
 * `GATEWAY_FAILED`: anything unforeseen, with its `cause`. `GATEWAY_GIVEN_UP`: the gateway crashed
 * each time it worked on the turn. `GATEWAY_PASSWORD_HASH`: not a hash. `GATEWAY_PORT`: the port can't be had. `GATEWAY_REFUSED`: policy said no, the message names the rule. `GATEWAY_UNROUTED`: no agent or session by that name.
 * `GATEWAY_STOPPING`: not taking work any more. `GATEWAY_TURN_TIMEOUT`: a turn ran longer than allowed.
 * `GATEWAY_STATE`: started twice, or used before `start`.
 */
export type GatewayErrorCode =
  | "GATEWAY_BUSY"
  | "GATEWAY_DROPPED"
  | "GATEWAY_FAILED"
  | "GATEWAY_GIVEN_UP"
  | "GATEWAY_PASSWORD_HASH"
  | "GATEWAY_PORT"
  | "GATEWAY_REFUSED"
  | "GATEWAY_STATE"
  | "GATEWAY_STOPPING"
  | "GATEWAY_TURN_TIMEOUT"
  | "GATEWAY_UNROUTED";
