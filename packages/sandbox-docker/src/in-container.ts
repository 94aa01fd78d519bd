import { existsSync } from "node:fs";

/** Whether this process runs in a container, as Docker, Podman, systemd and Kubernetes show it. */
export function runsInContainer(environment: NodeJS.ProcessEnv = process.env): boolean {
  return (
    existsSync("/.dockerenv") ||
    existsSync("/run/.containerenv") ||
    environment["container"] !== undefined ||
    environment["KUBERNETES_SERVICE_HOST"] !== undefined
  );
}
