import type { Principal } from "@claw/core";
import { type ConfigWritten, invalidRequest, type MethodName, type SecretsReloaded, unavailable } from "@claw/protocol";
import type { ConfigFile, ConfigRefusal } from "../config-file.ts";
import { createRateLimiter } from "../rate-limiter.ts";
import { type MethodDeps, MethodError } from "./context.ts";

/** Writes of one method by one caller within the window. */
const MAX_WRITES = 30;
const WINDOW_MS = 60_000;

/** Does what changes the configuration, for people alone, and not too often; it is on record who did. */
export type ConfigWrites = <Result extends ConfigWritten | SecretsReloaded>(
  method: MethodName,
  principal: Principal,
  work: (file: ConfigFile) => Promise<Result | ConfigRefusal>,
  note?: string,
) => Promise<Result>;

export function configWrites({ config, clock, log }: Pick<MethodDeps, "config" | "clock" | "log">): ConfigWrites {
  const limiter = createRateLimiter({ max: MAX_WRITES, windowMs: WINDOW_MS, clock });

  /** What decides about agents is not for them to change, whatever scopes they were given. */
  function admit(method: MethodName, { id, kind, credential }: Principal): void {
    if (kind === "agent") {
      throw new MethodError({
        code: "FORBIDDEN",
        message: `${method} is for people: an agent can't change the configuration it runs under`,
        details: { code: "AGENT_REFUSED" },
      });
    }
    const waitMs = limiter.take(`${method} ${id} ${credential}`);
    if (waitMs === 0) return;
    const seconds = Math.ceil(waitMs / 1_000);
    throw new MethodError(
      unavailable(`more than ${MAX_WRITES} calls of ${method} in a minute; try again in ${seconds} s`, {
        retryAfterMs: waitMs,
      }),
    );
  }

  return async (method, principal, work, note) => {
    admit(method, principal);
    if (config === undefined) throw new TypeError("no handler is made without a configuration");
    const result = await work(config);
    const by = { method, principal: principal.id, ...(note === undefined ? {} : { note }) };
    if (result.ok) {
      log.info("the configuration was changed", { ...by, changedPaths: result.changedPaths });
      return result;
    }
    const { code, message, issues, hash } = result;
    log.warn("a change of the configuration was refused", { ...by, code, reason: message });
    throw new MethodError(invalidRequest(message, { code, issues, hash }));
  };
}
