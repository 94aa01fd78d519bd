export { type GatewayFlags, type RunGatewayOptions, runGateway } from "./run-gateway.ts";
