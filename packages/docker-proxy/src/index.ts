// The proxy.

// What is decided.
export type { DockerAudit, DockerDecision } from "./audit.ts";
export { type DockerProxy, type DockerProxyOptions, dockerProxy } from "./docker-proxy.ts";
export type { DockerProxyErrorCode } from "./errors.ts";
export type { ProxyLimits } from "./limits.ts";
export { listenOnSocket, type SocketOptions } from "./listen-on-socket.ts";
export { listenOnTls, type TlsListener, type TlsOptions } from "./listen-on-tls.ts";
// What is allowed.
export type { ContainerLimits, DockerPolicy } from "./policy.ts";
