import { ClawError } from "@claw/core";
import type { EgressErrorCode } from "./errors.ts";
import { canonicalHost, type Host, hostInUrl } from "./host.ts";

/**
 * `api.example.org`, `*.example.org` (every name below, not the name itself), `*` (every name, no address),
 * `93.184.216.34`, `[2606:2800::1]`, each with an optional `:port`; or an object.
 */
export type EgressRule = string | EgressRuleObject;

export interface EgressRuleObject {
  /** As the text form. */
  readonly host: string;
  /** Default: 80 and 443; of a rule that denies, all. */
  readonly ports?: readonly number[];
  /** Default: all. A rule with methods opens no tunnel: inside one they can't be seen. */
  readonly methods?: readonly string[];
  /** Also when the host stands in a private network; on this machine itself only for a rule that names the address. */
  readonly private?: boolean;
}

/** Where a request wants to go. */
export interface Target {
  readonly host: Host;
  readonly port: number;
  /** Absent for a tunnel, in which it can't be seen. */
  readonly method?: string;
}

export type Match =
  | { readonly effect: "allow"; readonly rule: string; readonly allowPrivate: boolean }
  /** `listed: false`: no rule speaks of it, so that a person may be asked. */
  | { readonly effect: "deny"; readonly rule: string; readonly reason: string; readonly listed: boolean };

export interface RuleSet {
  readonly allow?: readonly EgressRule[];
  /** Wins over `allow` and over every person's yes. */
  readonly deny?: readonly EgressRule[];
}

/** Compiles rules once. Throws `EGRESS_RULE` on one that can't be read. */
export function compileRules({ allow = [], deny = [] }: RuleSet): (target: Target) => Match {
  const allowed = allow.map((rule, index) => compileRule(rule, `allow[${index}]`, DEFAULT_PORTS));
  const denied = deny.map((rule, index) => compileRule(rule, `deny[${index}]`, undefined));

  return (target) => {
    const denial = denied.find((rule) => rule.covers(target.host) && deniesPort(rule, target));
    if (denial !== undefined) {
      return {
        effect: "deny",
        rule: denial.name,
        reason: "this rule denies it, whatever else allows it",
        listed: true,
      };
    }
    const speaking = allowed.filter((rule) => rule.covers(target.host));
    const problems = speaking.map((rule) => mismatch(rule, target));
    const fitting = speaking.filter((_, index) => problems[index] === undefined);
    const rule = fitting.find(({ allowPrivate }) => allowPrivate) ?? fitting[0];
    if (rule !== undefined) return { effect: "allow", rule: rule.name, allowPrivate: rule.allowPrivate };
    const reason = problems[0] ?? "no rule allows it";
    return { effect: "deny", rule: speaking[0]?.name ?? "allow", reason, listed: false };
  };
}

const DEFAULT_PORTS: readonly number[] = [80, 443];
const WRITTEN = /^(?<pattern>\[[^\]]*\]|[^:[\]]+)(?::(?<port>\d{1,5}))?$/;
const METHOD = /^[A-Z]{1,32}$/;

interface CompiledRule {
  /** As its owner finds it: `allow[0] "api.example.org"`. */
  readonly name: string;
  readonly covers: (host: Host) => boolean;
  /** `undefined`: every port. */
  readonly ports: readonly number[] | undefined;
  readonly methods: readonly string[] | undefined;
  readonly allowPrivate: boolean;
}

function compileRule(rule: EgressRule, place: string, defaultPorts: readonly number[] | undefined): CompiledRule {
  const { host, ports, methods, private: allowPrivate = false } = typeof rule === "string" ? { host: rule } : rule;
  const fail = (problem: string): never => {
    throw new ClawError<EgressErrorCode>("EGRESS_RULE", `${place} ${JSON.stringify(host)}: ${problem}`);
  };
  const { pattern, port } =
    WRITTEN.exec(host)?.groups ?? fail("expected a host like api.example.org or *.example.org:443");
  if (port !== undefined && ports !== undefined) fail("the port stands in host and in ports; write it once");
  const chosen = port === undefined ? ports : [Number(port)];
  if (chosen?.some((one) => !Number.isInteger(one) || one < 1 || one > 65_535)) fail("expected ports from 1 to 65535");
  const upper = methods?.map((method) => method.toUpperCase());
  if (upper?.some((method) => !METHOD.test(method))) fail("expected methods like GET and POST");
  return {
    name: `${place} "${host}"`,
    covers:
      coverage(pattern ?? "") ?? fail("expected a host name or an address; * stands alone or before the first dot"),
    ports: chosen ?? defaultPorts,
    methods: upper,
    allowPrivate,
  };
}

function coverage(pattern: string): ((host: Host) => boolean) | undefined {
  if (pattern === "*") return ({ kind }) => kind === "name";
  const below = pattern.startsWith("*.");
  const named = canonicalHost(below ? pattern.slice(2) : pattern);
  if (named === undefined || (below && named.kind === "ip")) return undefined;
  if (below) return ({ kind, text }) => kind === "name" && text.endsWith(`.${named.text}`);
  return ({ kind, text }) => kind === named.kind && text === named.text;
}

/** A method that can't be seen may be one that is denied. */
function deniesPort({ ports, methods }: CompiledRule, { port, method }: Target): boolean {
  if (ports !== undefined && !ports.includes(port)) return false;
  return methods === undefined || method === undefined || methods.includes(method);
}

function mismatch({ ports, methods }: CompiledRule, { port, method }: Target): string | undefined {
  if (ports !== undefined && !ports.includes(port)) return `this rule allows the ports ${ports.join(", ")} alone`;
  if (methods === undefined) return undefined;
  if (method === undefined) return `this rule allows ${methods.join(", ")} alone, and a tunnel hides the method`;
  return methods.includes(method) ? undefined : `this rule allows ${methods.join(", ")} alone`;
}

export function targetText({ host, port }: Pick<Target, "host" | "port">): string {
  return `${hostInUrl(host)}:${port}`;
}
