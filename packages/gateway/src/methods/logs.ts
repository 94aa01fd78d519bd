import { OWNER } from "../auth.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";

const DEFAULT_LINES = 500;
const DEFAULT_BYTES = 250_000;

/** Everybody's sessions are in the log, so that a scope alone does not open it. */
export function logMethods({ tailLog }: MethodDeps): Pick<Handlers, "logs.tail"> {
  return {
    "logs.tail":
      tailLog &&
      (async ({ cursor, limit = DEFAULT_LINES, maxBytes = DEFAULT_BYTES }, { principal }) => {
        if (principal.id !== OWNER.id && !principal.scopes.includes("admin")) {
          const message = "the log is for the gateway's owner and for admins: ask one of them";
          throw new MethodError({ code: "FORBIDDEN", message, details: { code: "LOGS_FORBIDDEN" } });
        }
        return tailLog({ limit, maxBytes, ...(cursor === undefined ? {} : { cursor }) });
      }),
  };
}
