import type { Accepted, Principal, Provenance, QueueMode, TurnSettings } from "@claw/core";
import { invalidRequest } from "@claw/protocol";
import { OWNER } from "../auth.ts";
import { agentsOf } from "../people/agents-of.ts";
import { ownKey } from "../people/own-key.ts";
import { type MethodDeps, MethodError } from "./context.ts";

export interface ClientMessage {
  readonly text: string;
  /** The run's id as well. */
  readonly idempotencyKey: string;
  readonly sessionKey: string | undefined;
  readonly agentId: string | undefined;
  readonly attachments: readonly unknown[] | undefined;
  /** It is a message even where its text is a command. */
  readonly literal?: boolean | undefined;
  readonly queue?: QueueMode | undefined;
  readonly settings?: TurnSettings | undefined;
}

/** Hands a client's message to the intake. */
export async function submit(
  deps: MethodDeps,
  principal: Principal,
  message: ClientMessage,
  receivedMs: number,
): Promise<Accepted & { readonly session: string; readonly agent: string }> {
  if ((message.attachments?.length ?? 0) > 0) {
    throw new MethodError(
      invalidRequest("attachments are not supported yet: put the file into the workspace and name it", {
        code: "ATTACHMENTS_UNSUPPORTED",
      }),
    );
  }
  if (message.text.trim() === "") throw new MethodError(invalidRequest("message: expected some text, found none"));
  const { intake, resolveSession } = deps;
  const agents = agentsOf(deps, principal);
  const route = resolveSession(ownKey(deps, principal, message.sessionKey, message.agentId), message.agentId);
  if (route === undefined || !agents.has(route.agent)) {
    const known = [...agents.keys()].join(", ");
    throw new MethodError(
      invalidRequest(`unknown agent or session key; agents: ${known}`, { code: "UNKNOWN_AGENT_ID" }),
    );
  }
  const accepted = await intake.accept({
    id: `client:${principal.id}:${message.idempotencyKey}`,
    run: message.idempotencyKey,
    ...route,
    principal,
    provenance: spokenBy(principal),
    text: message.text,
    commands: message.literal !== true,
    ...(message.queue === undefined ? {} : { queue: message.queue }),
    ...(message.settings === undefined ? {} : { settings: message.settings }),
    receivedMs,
  });
  return { ...accepted, ...route };
}

/** What an authenticated person types is theirs, and trusted: nobody else's words are among it. */
export function spokenBy({ id, kind, role }: Principal): Provenance {
  const trusted = kind === "user";
  const owner = trusted && (id === OWNER.id || role === "owner");
  return { origins: [owner ? "owner" : "member"], trust: trusted ? "trusted" : "untrusted", because: [] };
}
