import fc from "fast-check";
import { expect, test } from "vitest";
import { type Binding, type BindingMatch, matchBinding, type Origin } from "./bindings.ts";

const origin = (from: Partial<Origin["from"]> = {}, more: Partial<Origin> = {}): Origin => ({
  from: { channel: "discord", account: "default", peer: "c1", kind: "channel", ...from },
  ...more,
});
const binding = (agentId: string, match: Partial<BindingMatch>): Binding => ({
  agentId,
  match: { channel: "discord", ...match },
});
const agentOf = (bindings: readonly Binding[], at: Origin): string | undefined => matchBinding(bindings, at)?.agentId;

test("the more specific match wins, wherever it stands", () => {
  const inThread = origin({ thread: "t1" }, { guild: "g1", team: "w1", roles: ["r1"] });
  const all = [
    binding("channel", { accountId: "*" }),
    binding("account", {}),
    binding("team", { teamId: "w1" }),
    binding("guild", { guildId: "g1" }),
    binding("guild and roles", { guildId: "g1", roles: ["r0", "r1"] }),
    binding("any peer", { peer: { kind: "channel", id: "*" } }),
    binding("parent peer", { peer: { kind: "channel", id: "C1" } }),
    binding("peer", { peer: { kind: "channel", id: "t1" } }),
  ];
  const won: (string | undefined)[] = [];
  for (let count = all.length; count > 0; count--) won.push(agentOf(all.slice(0, count), inThread));
  expect(won).toEqual(all.map(({ agentId }) => agentId).toReversed());
});

test("without an account a binding is for the account called default alone", () => {
  expect(agentOf([binding("a", {})], origin())).toBe("a");
  expect(agentOf([binding("a", {})], origin({ account: "work" }))).toBeUndefined();
  expect(agentOf([binding("a", { accountId: "Work" })], origin({ account: "work" }))).toBe("a");
});

test.each([
  ["another kind of peer", { peer: { kind: "direct", id: "c1" } }],
  ["a role its sender has not", { guildId: "g1", roles: ["r2"] }],
  ["another guild than the one of its peer", { guildId: "g2", peer: { kind: "channel", id: "c1" } }],
  ["another channel", { channel: "slack" }],
] as const)("all fields have to fit: not %s", (_, match) => {
  expect(agentOf([binding("a", match)], origin({}, { guild: "g1", roles: ["r1"] }))).toBeUndefined();
});

test("a thread is named with its peer as well; in a direct conversation only so", () => {
  const named = (id: string): Binding => binding("a", { peer: { kind: "direct", id } });
  const direct = origin({ kind: "direct", peer: "42", thread: "7" });
  expect(agentOf([named("42:thread:7")], direct)).toBe("a");
  expect(agentOf([named("42:topic:7")], direct)).toBe("a");
  expect(agentOf([named("7")], direct)).toBeUndefined();
});

/** The precedence as the documentation states it: line by line, each over the whole list. */
function byTheBook(bindings: readonly Binding[], { from, guild, team, roles }: Origin): Binding | undefined {
  const named = (match: BindingMatch): boolean =>
    match.channel === from.channel &&
    (match.accountId === "*" || (match.accountId ?? "default") === from.account) &&
    (match.peer === undefined || match.peer.kind === from.kind) &&
    (match.guildId ?? guild) === guild &&
    (match.teamId ?? team) === team &&
    (match.roles === undefined || match.roles.filter((role) => roles?.includes(role)).length > 0);
  const ownId = from.thread ?? from.peer;
  const lines: readonly ((match: BindingMatch) => boolean)[] = [
    ({ peer }) => peer?.id === ownId,
    ({ peer }) => from.thread !== undefined && peer?.id === from.peer,
    ({ peer }) => peer?.id === "*",
    ({ peer, guildId, roles: wanted }) => !peer && !!guildId && !!wanted,
    ({ peer, guildId, roles: wanted }) => !peer && !!guildId && !wanted,
    ({ peer, guildId, teamId }) => !peer && !guildId && !!teamId,
    ({ peer, guildId, teamId, accountId }) => !peer && !guildId && !teamId && accountId !== "*",
    ({ peer, guildId, teamId, accountId }) => !peer && !guildId && !teamId && accountId === "*",
  ];
  for (const line of lines) {
    const first = bindings.find(({ match }) => named(match) && line(match));
    if (first !== undefined) return first;
  }
  return undefined;
}

test("over any bindings and messages it decides as the documented order does", () => {
  const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
  const kind = fc.constantFrom("direct" as const, "group", "channel");
  const match = fc.record(
    {
      channel: fc.constantFrom("x", "x", "x", "y"),
      accountId: fc.constantFrom("default", "work", "*"),
      peer: fc.record({ kind, id: fc.constantFrom("p1", "p2", "t1", "*") }),
      guildId: fc.constantFrom("g1", "g2"),
      teamId: fc.constantFrom("w1", "w2"),
      roles: fc.uniqueArray(fc.constantFrom("r1", "r2"), { minLength: 1 }),
    },
    { requiredKeys: ["channel"] },
  );
  const bindings = fc
    .array(match, { minLength: 4, maxLength: 12 })
    .map((matches) => matches.map((one, index): Binding => ({ agentId: `agent-${index}`, match: one })));
  const message = fc
    .record({
      channel: fc.constant("x"),
      account: fc.constantFrom("default", "work"),
      peer: fc.constantFrom("p1", "p2"),
      kind: fc.constantFrom("group" as const, "channel"),
      thread: optional(fc.constantFrom("t1", "t2")),
      guild: optional(fc.constantFrom("g1", "g2")),
      team: optional(fc.constantFrom("w1", "w2")),
      roles: optional(fc.uniqueArray(fc.constantFrom("r1", "r2"))),
    })
    .map(
      ({ guild, team, roles, thread, ...from }): Origin => ({
        from: { ...from, ...(thread === undefined ? {} : { thread }) },
        ...(guild === undefined ? {} : { guild }),
        ...(team === undefined ? {} : { team }),
        ...(roles === undefined ? {} : { roles }),
      }),
    );
  let decided = 0;
  fc.assert(
    fc.property(bindings, message, (rules, at) => {
      const chosen = matchBinding(rules, at);
      if (chosen !== undefined) decided++;
      expect(chosen).toBe(byTheBook(rules, at));
    }),
    { numRuns: 3_000 },
  );
  expect(decided).toBeGreaterThan(500);
});
