import type { ResolvedSandbox } from "./resolve-sandbox.ts";

type Network = ResolvedSandbox["network"];
type Rule = Exclude<Network, "none">["allow"][number];

/** What a sandbox reaches, for people; no secret. */
export function networkLines(network: Network): readonly string[] {
  if (network === "none") return ["none"];
  const { allow, deny, ask, bindings } = network;
  return [
    allow.length === 0 ? "no host is allowed" : "only these, through the gateway's proxy:",
    ...allow.map((rule) => `  ${ruleText(rule)}`),
    ...deny.map((rule) => `  never ${ruleText(rule)}`),
    ...Object.entries(bindings).map(([name, { host, methods, paths }]) => {
      const limits = [...(methods ?? []), ...(paths ?? [])].join(" ");
      return `  http://${name}.broker/ is ${host}, with a credential that stays outside${limits && `: ${limits}`}`;
    }),
    ask ? "a person is asked about others" : "others are refused",
  ];
}

function ruleText(rule: Rule): string {
  if (typeof rule === "string") return rule;
  const { host, ports = [], methods = [], private: isPrivate } = rule;
  const details = [
    ...(ports.length ? [`ports ${ports.join(", ")}`] : []),
    ...methods,
    ...(isPrivate ? ["private"] : []),
  ];
  return details.length === 0 ? host : `${host} (${details.join(", ")})`;
}
