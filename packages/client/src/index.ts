export { type ClientOptions, type ClientState, createClient, type GatewayClient } from "./client.ts";
export type { ClientClock } from "./clock.ts";
export type { WebSocketConstructor } from "./connection.ts";
export type { DeviceKey, DeviceStorage, StoredDevice } from "./device.ts";
export { type ClientErrorCode, GatewayError } from "./gateway-error.ts";
export type { EventListener } from "./listeners.ts";
export type { RequestOptions } from "./requests.ts";
