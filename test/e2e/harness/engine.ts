import { probeDocker } from "@claw/sandbox-docker";

/** Why no container can be started here; `undefined` when one can. In CI a missing engine is a failure, not a skip. */
export async function noEngine(): Promise<string | undefined> {
  const { reachable, reason } = await probeDocker();
  return reachable || process.env["CI"] === "true" ? undefined : reason;
}
