import type { AuditedIntent, Principal } from "@claw/core";
import { type ConfigWritten, invalidRequest, type MethodName, type SecretsReloaded, unavailable } from "@claw/protocol";
import { recordChange, recordRefusal } from "../config-audit.ts";
import type { BeforeWrite, ConfigFile, ConfigRefusal } from "../config-file.ts";
import { createRateLimiter } from "../rate-limiter.ts";
import { type MethodDeps, MethodError } from "./context.ts";

/** Writes of one method by one caller within the window. */
const MAX_WRITES = 30;
const WINDOW_MS = 60_000;

/** Does what changes the configuration, for people alone, and not too often; it is on record who did. */
export type ConfigWrites = <Result extends ConfigWritten | SecretsReloaded>(
  method: MethodName,
  principal: Principal,
  work: (
    file: ConfigFile,
    before: (planned?: Parameters<BeforeWrite>[0]) => Promise<void>,
  ) => Promise<Result | ConfigRefusal>,
  note?: string,
) => Promise<Result>;

export function configWrites(deps: Pick<MethodDeps, "config" | "audit" | "clock" | "log">): ConfigWrites {
  const { config, audit, clock, log } = deps;
  const limiter = createRateLimiter({ max: MAX_WRITES, windowMs: WINDOW_MS, clock });

  async function admit(method: MethodName, principal: Principal): Promise<void> {
    const { id, kind, credential } = principal;
    const waitMs = limiter.take(`${method} ${id} ${credential}`);
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1_000);
      throw new MethodError(
        unavailable(`more than ${MAX_WRITES} calls of ${method} in a minute; try again in ${seconds} s`, {
          retryAfterMs: waitMs,
        }),
      );
    }
    // What decides about agents is not for them to change, whatever scopes they were given.
    if (kind !== "agent") return;
    const code = "AGENT_REFUSED";
    await recordRefusal(audit, principal, { method, code });
    throw new MethodError({
      code: "FORBIDDEN",
      message: `${method} is for people: an agent can't change the configuration it runs under`,
      details: { code },
    });
  }

  return async (method, principal, work, note) => {
    await admit(method, principal);
    if (config === undefined) throw new TypeError("no handler is made without a configuration");
    let record: AuditedIntent | undefined;
    const beganMs = clock.monotonicMs();
    const outcome = async (ok: boolean, summary: string): Promise<void> => {
      const durationMs = clock.monotonicMs() - beganMs;
      await record
        ?.outcome({ ok, summary, durationMs })
        .catch((error: unknown) =>
          log.error("what became of a change is missing in the audit", { error: String(error) }),
        );
    };
    const result = await work(config, async (planned) => {
      record = await recordChange(audit, principal, { method, ...planned });
    }).catch(async (error: unknown) => {
      await outcome(false, "failed");
      throw error;
    });
    const by = { method, principal: principal.id, ...(note === undefined ? {} : { note }) };
    if (result.ok) {
      await outcome(true, "changed");
      log.info("the configuration was changed", { ...by, changedPaths: result.changedPaths });
      return result;
    }
    const { code, message, issues, hash } = result;
    if (record === undefined) await recordRefusal(audit, principal, { method, code, hash });
    else await outcome(false, code);
    log.warn("a change of the configuration was refused", { ...by, code, reason: message });
    throw new MethodError(invalidRequest(message, { code, issues, hash }));
  };
}
