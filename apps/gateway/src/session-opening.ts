import type { Principal } from "@claw/core";
import type { People } from "@claw/gateway";
import { parseSessionKey } from "@claw/router";

type MayOpen = (principal: Principal, session: string) => boolean;

/** Lets a client begin only those sessions to which nobody else's messages are routed, now or later. */
export function sessionOpening({ mainKey, fromChannel }: Pick<People, "mainKey" | "fromChannel">): MayOpen {
  return (principal, session) => {
    const key = parseSessionKey(session);
    // As a key reads it.
    const own = decodeURIComponent(mainKey(principal));
    switch (key.kind) {
      case "main":
        return own === "main";
      case "named":
        return !key.name.startsWith("main~") || key.name === own;
      case "openai-user":
        return own === "main" ? !key.name.startsWith("main~") : key.name.startsWith(`${own}~`);
      case "direct":
        return fromChannel(`${key.channel}:${key.peer}`)?.id === principal.id;
      case "group":
      case "channel":
        return false;
      default:
        return true;
    }
  };
}
