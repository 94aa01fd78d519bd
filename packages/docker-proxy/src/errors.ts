import { ClawError } from "@claw/core";

/** `DOCKER_PROXY_OPTIONS_INVALID`: what it was given. `DOCKER_PROXY_LISTEN_FAILED`: where it should listen. */
export type DockerProxyErrorCode = "DOCKER_PROXY_OPTIONS_INVALID" | "DOCKER_PROXY_LISTEN_FAILED";

export const optionsInvalid = (message: string): ClawError<DockerProxyErrorCode> =>
  new ClawError("DOCKER_PROXY_OPTIONS_INVALID", message);

export const listenFailed = (what: string, cause: unknown): ClawError<DockerProxyErrorCode> => {
  const message = `${what}: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new ClawError<DockerProxyErrorCode>("DOCKER_PROXY_LISTEN_FAILED", message, { cause });
};
