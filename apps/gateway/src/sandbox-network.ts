import type { ResolvedAgent } from "@claw/config";
import { ClawError, type Logger } from "@claw/core";
import {
  compileNetwork,
  type Dial,
  type EgressErrorCode,
  type EgressIdentity,
  egressProxy,
  type NetworkRules,
  type Resolve,
} from "@claw/egress-proxy";
import type { NetworkSite, ServeNetwork } from "@claw/gateway";
import type { EgressTotals } from "@claw/telemetry";
import { counted, egressAudit } from "./egress-audit.ts";

export interface SandboxNetworks extends AsyncDisposable {
  /** Of everything that was served. */
  readonly totals: EgressTotals;
  /** Takes on what the configuration says now. Throws `EGRESS_RULE` on rules that can't be read, and keeps the old ones. */
  use(agents: readonly ResolvedAgent[]): void;
  /** Who serves an agent's sandbox; `undefined` for one without a network. */
  readonly serve: (agent: string) => ServeNetwork | undefined;
}

export interface SandboxNetworksOptions {
  readonly log: Logger;
  /** Where names lead, and how their addresses are connected to. Default: as this machine does. */
  readonly resolve?: Resolve;
  readonly dial?: Dial;
}

const NOTHING: NetworkRules = {};

/** What sandboxes reach, by agent: the rules of the configuration in front of the one way out. */
export function sandboxNetworks(options: SandboxNetworksOptions): SandboxNetworks {
  let rules: ReadonlyMap<string, NetworkRules> = new Map();
  const totals = { allowed: 0, refused: 0, bytesUp: 0, bytesDown: 0 };
  const sites = new WeakMap<EgressIdentity, NetworkSite>();
  const siteOf = (identity: EgressIdentity): NetworkSite => {
    const site = sites.get(identity);
    if (site === undefined) throw new TypeError("a connection is accepted for a session");
    return site;
  };

  const rulesFor = (identity: EgressIdentity) => rules.get(siteOf(identity).agent) ?? NOTHING;

  const proxy = egressProxy({
    ...options,
    network: rulesFor,
    remedy: ({ identity, host, port }) => remedyFor(rulesFor(identity), targetText(host, port)),
    audit: counted(
      egressAudit(
        (identity) => (input, decision) => siteOf(identity).desk().record(input, decision),
        (rule) => `sandbox.network.${rule}`,
      ),
      totals,
    ),
    async onRefused({ identity, host, port, rule: named, reason }) {
      const { desk, signal } = siteOf(identity);
      const question = { input: { host, port }, rule: `sandbox.network.${named}`, reason };
      const decision = await desk().ask(question, signal);
      return ANSWERS[decision];
    },
  });

  const serve: ServeNetwork = (connection, site) => {
    const identity = { id: site.session, scope: site.session };
    sites.set(identity, site);
    proxy.accept(connection, identity, { signal: site.signal });
  };

  return {
    totals,
    use(agents) {
      const next = new Map<string, NetworkRules>();
      for (const { id, sandbox } of agents) {
        if (sandbox.network !== "none") next.set(id, readable(rulesOf(sandbox.network), id));
      }
      rules = next;
    },
    serve: (agent) => (rules.has(agent) ? serve : undefined),
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

const ANSWERS = { "allow-once": "once", "allow-always": "session", deny: "deny" } as const;

type Network = Exclude<ResolvedAgent["sandbox"]["network"], "none">;

const isUsual = (port: number): boolean => port === 80 || port === 443;
const targetText = (host: string, port: number): string => (isUsual(port) ? host : `${host}:${port}`);

/** For the model, and through it for a person. */
function remedyFor({ ask = false }: NetworkRules, target: string): string {
  const always = `adding "${target}" to sandbox.network.allow in the gateway's configuration`;
  const people = ask
    ? `once or for this session by answering the question that claw approvals and the dashboard show, and always by ${always}`
    : `always by ${always}; with sandbox.network.ask they are asked, and can allow it once or for a session`;
  return `A person can allow it ${people}. Tell them what you need it for.`;
}

function rulesOf({ bindings, ...rules }: Network): NetworkRules {
  const named = Object.entries(bindings).map(
    ([name, { secret, ...one }]) => [name, { ...one, secret: () => secret }] as const,
  );
  return { ...rules, bindings: Object.fromEntries(named) };
}

/** What is wrong with rules is said when they are read, and not first to a sandbox. */
function readable(rules: NetworkRules, agent: string): NetworkRules {
  try {
    compileNetwork(rules);
    return rules;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ClawError<EgressErrorCode>("EGRESS_RULE", `sandbox.network of the agent ${agent}: ${why}`, {
      cause: error,
    });
  }
}
