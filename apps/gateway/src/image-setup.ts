import type { ResolvedSandbox } from "@claw/config";
import { type Audit, digestOf, type Logger, type Principal } from "@claw/core";
import { egressNetwork } from "@claw/egress-proxy";
import type { ImageSetup } from "@claw/sandbox-docker";
import { egressAudit } from "./egress-audit.ts";

const KEY = "sandbox.docker.setupAllow";

/** The configuration's own doing, before there is a session. */
const SETUP: Principal = { id: "setup", kind: "service", tenant: "local", scopes: [], credential: "configuration" };

/** What the configuration wants done to an image; `undefined` when it wants nothing. */
export function imageSetup(
  { setupCommand: command, setupAllow = [] }: ResolvedSandbox["docker"],
  { audit, log }: { readonly audit: Audit; readonly log: Logger },
): ImageSetup | undefined {
  if (command === undefined) return undefined;
  const provenance = { origins: ["owner"], trust: "trusted", because: [] } as const;
  const act = { type: "network.connect", principal: SETUP, agent: "", session: "", provenance } as const;
  const record = egressAudit(
    () => (input, decision) => audit.intent({ ...act, input, digest: digestOf(input) }, decision),
    (rule) => rule.replace(/^allow/, KEY),
  );
  const remedy = () => `A person can allow it by adding it to ${KEY}.`;
  const rules = { allow: setupAllow, ask: false };
  const network =
    setupAllow.length === 0 ? "none" : egressNetwork({ name: "setup", rules, remedy, audit: record, log });
  return { command, network, allow: setupAllow };
}
