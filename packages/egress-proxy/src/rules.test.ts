import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalHost } from "./host.ts";
import { compileRules, type EgressRuleObject, type Target } from "./rules.ts";

const target = (host: string, port = 443, method?: string): Target => {
  const canonical = canonicalHost(host);
  if (canonical === undefined) throw new Error(`${host} is no host`);
  return { host: canonical, port, ...(method === undefined ? {} : { method }) };
};

describe("rules", () => {
  const match = compileRules({
    allow: [
      "api.github.com",
      "*.example.org:443",
      { host: "registry.test", ports: [443, 8443] },
      { host: "read.test", methods: ["get", "HEAD"] },
      "Bücher.example.",
      "93.184.216.34",
      { host: "*.lan", private: true },
    ],
    deny: ["secret.example.org", { host: "upload.test", methods: ["PUT"] }],
  });
  const effect = (...given: Parameters<typeof target>) => match(target(...given)).effect;

  test.each([
    ["API.github.com.", 443],
    ["api.github.com", 80],
    ["a.example.org", 443],
    ["a.b.example.org", 443],
    ["registry.test", 8443],
    ["xn--bcher-kva.example", 443],
    ["93.184.216.34", 443],
  ])("allow %s:%i", (host, port) => expect(effect(host, port)).toBe("allow"));

  test.each([
    ["github.com", 443, "of another name"],
    ["api.github.com.evil.test", 443, "that only begins like an allowed one"],
    ["notexample.org", 443, "that only ends like an allowed one"],
    ["example.org", 443, "above the wildcard"],
    ["a.example.org", 80, "on a port that is not named"],
    ["api.github.com", 22, "on a port that is no default"],
    ["secret.example.org", 443, "that is denied, although a wildcard allows it"],
    ["read.test", 443, "in a tunnel, which hides the method"],
    ["93.184.216.35", 443, "that is another address"],
  ])("refuse %s:%i, %s", (host, port) => expect(effect(host, port)).toBe("deny"));

  test("look at the method where it can be seen", () => {
    expect(effect("read.test", 80, "GET")).toBe("allow");
    expect(effect("read.test", 80, "POST")).toBe("deny");
  });

  test("that deny a method deny a tunnel, which hides it", () => {
    const open = compileRules({ allow: ["*"], deny: [{ host: "upload.test", methods: ["PUT"] }] });
    expect(open(target("upload.test", 80, "GET")).effect).toBe("allow");
    expect(open(target("upload.test", 80, "PUT")).effect).toBe("deny");
    expect(open(target("upload.test")).effect).toBe("deny");
  });

  test("with * allow every name and no address", () => {
    const open = compileRules({ allow: ["*"] });
    expect(open(target("anything.test")).effect).toBe("allow");
    expect(open(target("93.184.216.34")).effect).toBe("deny");
  });

  test("say which of them decided", () => {
    expect(match(target("api.github.com"))).toMatchObject({ rule: 'allow[0] "api.github.com"', allowPrivate: false });
    expect(match(target("nas.lan"))).toMatchObject({ allowPrivate: true });
    expect(match(target("secret.example.org"))).toMatchObject({ rule: 'deny[0] "secret.example.org"', listed: true });
    expect(match(target("elsewhere.test"))).toMatchObject({ rule: "allow", listed: false });
  });

  test.each([
    ["https://example.org"],
    ["example.org:0"],
    ["example.org:70000"],
    ["*.*.example.org"],
    ["a*.example.org"],
    ["*.10.0.0.1"],
    ["::1"],
    [""],
    ["exam ple.org"],
  ])("that can't be read are no rules: %j", (rule) => {
    expect(() => compileRules({ allow: [rule] })).toThrowError(expect.objectContaining({ code: "EGRESS_RULE" }));
  });

  test("name a port once and methods as HTTP does", () => {
    expect(() => compileRules({ allow: [{ host: "a.test:1", ports: [2] }] })).toThrow(/write it once/);
    expect(() => compileRules({ allow: [{ host: "a.test", methods: ["GET /"] }] })).toThrow(/methods like GET/);
  });
});

/** The same promises in another form: rules as sets of patterns over whole labels. */
function oracle(
  { allow, deny }: { readonly allow: readonly EgressRuleObject[]; readonly deny: readonly EgressRuleObject[] },
  host: string,
  port: number,
  method: string | undefined,
): boolean {
  const labels = host.split(".");
  const names = ({ host: pattern }: EgressRuleObject): boolean => {
    if (pattern === "*") return true;
    const wanted = pattern.split(".");
    if (wanted[0] !== "*") return pattern === host;
    const suffix = wanted.slice(1);
    return labels.length > suffix.length && suffix.every((label, at) => label === labels.at(at - suffix.length));
  };
  const denied = deny.some(
    (rule) =>
      names(rule) &&
      (rule.ports ?? [port]).includes(port) &&
      (method === undefined || (rule.methods ?? [method]).includes(method)),
  );
  const allowed = allow.some(
    (rule) =>
      names(rule) &&
      (rule.ports ?? [80, 443]).includes(port) &&
      (rule.methods === undefined || (method !== undefined && rule.methods.includes(method))),
  );
  return allowed && !denied;
}

test("rules agree with an independent reading of them", () => {
  const label = fc.constantFrom("a", "b", "ab", "test");
  const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
  const pattern = fc.oneof(
    name,
    name.map((text) => `*.${text}`),
    fc.constant("*"),
  );
  const port = fc.constantFrom(22, 80, 443, 8443);
  const method = fc.constantFrom("GET", "POST");
  const rule = fc.record(
    {
      host: pattern,
      ports: fc.uniqueArray(port, { minLength: 1 }),
      methods: fc.uniqueArray(method, { minLength: 1 }),
    },
    { requiredKeys: ["host"] },
  );
  const rules = fc.record({ allow: fc.array(rule, { maxLength: 4 }), deny: fc.array(rule, { maxLength: 2 }) });
  fc.assert(
    fc.property(rules, name, port, fc.option(method, { nil: undefined }), (given, host, chosen, used) => {
      const matched = compileRules(given)(target(host, chosen, used)).effect;
      expect(matched).toBe(oracle(given, host, chosen, used) ? "allow" : "deny");
    }),
    { numRuns: 2_000 },
  );
});
