import type { Agent, Route } from "@claw/core";
import { sessionResolver } from "@claw/router";

/** What stock clients call the agent they have not been told the name of. */
const STOCK_AGENT = "main";

/** What a client means by a session key and an agent id; `main` is the default agent where none is called so. */
export function sessionResolverFor(
  agents: readonly [Agent, ...Agent[]],
): (key: string | undefined, agent: string | undefined) => Route | undefined {
  const [{ name: defaultAgent }] = agents;
  const resolve = sessionResolver({ defaultAgent });
  if (agents.some(({ name }) => name === STOCK_AGENT)) return resolve;
  const prefix = new RegExp(`^agent:${STOCK_AGENT}:`, "i");
  return (key, agent) =>
    resolve(
      key?.replace(prefix, `agent:${defaultAgent}:`),
      agent?.toLowerCase() === STOCK_AGENT ? defaultAgent : agent,
    );
}
