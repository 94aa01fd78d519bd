import type { Principal } from "@claw/core";
import { type ConfigWritten, invalidRequest, type MethodName, type SecretsReloaded, unavailable } from "@claw/protocol";
import type { ConfigFile, ConfigRefusal } from "../config-file.ts";
import { createRateLimiter } from "../rate-limiter.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";

type ConfigMethod = Extract<MethodName, `config.${string}` | "secrets.reload">;

/** Writes of one method by one caller within the window. */
const MAX_WRITES = 30;
const WINDOW_MS = 60_000;

/** Methods that show and change the configuration. */
export function configMethods({ config, clock, log }: MethodDeps): Pick<Handlers, ConfigMethod> {
  const limiter = createRateLimiter({ max: MAX_WRITES, windowMs: WINDOW_MS, clock });

  /** What decides about agents is not for them to change, whatever scopes they were given. */
  function admit(method: ConfigMethod, { id, kind, credential }: Principal): void {
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

  async function write<Result extends ConfigWritten | SecretsReloaded>(
    method: ConfigMethod,
    principal: Principal,
    work: (file: ConfigFile) => Promise<Result | ConfigRefusal>,
    note?: string,
  ): Promise<Result> {
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
  }

  return {
    "config.get": config && (async () => config.snapshot()),
    "config.schema": config && (async () => config.schema()),
    "config.schema.lookup":
      config &&
      (async ({ path }) => {
        const found = await config.lookUp(path);
        if (found === undefined) throw new MethodError(invalidRequest("config schema path not found"));
        return found;
      }),
    "config.set":
      config &&
      (async ({ raw, baseHash }, { principal }) =>
        write("config.set", principal, (file) => file.replace(changeOf(raw, baseHash), principal))),
    "config.apply":
      config &&
      (async ({ raw, baseHash, note }, { principal }) =>
        write("config.apply", principal, (file) => file.replace(changeOf(raw, baseHash), principal), note)),
    "config.patch":
      config &&
      (async ({ raw, baseHash, replacePaths = [], note }, { principal }) =>
        write(
          "config.patch",
          principal,
          (file) => file.patch({ ...changeOf(raw, baseHash), replacePaths }, principal),
          note,
        )),
    "secrets.reload":
      config && (async (_params, { principal }) => write("secrets.reload", principal, (file) => file.reloadSecrets())),
  };
}

function changeOf(raw: string, baseHash: string | undefined) {
  return baseHash === undefined ? { raw } : { raw, baseHash };
}
