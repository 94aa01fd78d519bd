import { expect, test } from "vitest";
import { validateConfig } from "./validate.ts";

const problems = async (config: object) =>
  (await validateConfig(JSON.stringify(config))).problems.map(({ path, message }) => `${path}: ${message}`);

test("users, roles of one's own and agents kept for some are read as written", async () => {
  const file = {
    users: { ada: { role: "member", token: "a" }, cara: { role: "coders", password: "c", identities: ["telegram:1"] } },
    roles: { coders: { scopes: ["write"], agents: ["coder"] } },
    agents: { list: [{ id: "private", owner: "ada", members: ["cara", "owner"] }] },
  };
  expect((await validateConfig(JSON.stringify(file))).config).toMatchObject(file);
});

test.each([
  [
    { users: { ada: { role: "wizard", token: "a" } } },
    "users.ada.role: expected one of owner, admin, operator, member, viewer",
  ],
  [{ users: { ada: { role: "member" } } }, "users.ada: needs a token or a password"],
  [
    { users: { owner: { role: "member", token: "a" } } },
    "users.owner: is whoever has the gateway's own secret; take another id",
  ],
  [{ roles: { viewer: { scopes: ["admin"] } } }, "roles.viewer: is built in and can't be changed; take another name"],
  [{ agents: { list: [{ id: "x", owner: "bob" }] } }, 'agents.list[0].owner: there is no user "bob"'],
])("%j is refused with what was expected", async (config, problem) => {
  expect(await problems(config)).toEqual([problem]);
});

test("two people can't have one secret, which no message shows", async () => {
  const users = { ada: { role: "member", token: "same-secret" }, bob: { role: "member", password: "same-secret" } };
  const found = await problems({ users });
  expect(found).toEqual(["users.bob.password: is also the secret of ada; each needs their own"]);
});

const HASH = `$scrypt$ln=15,r=8,p=3$${"A".repeat(22)}$${"B".repeat(43)}`;
const withPassword = (password: unknown, env = {}) =>
  validateConfig(JSON.stringify({ users: { ada: { role: "member", password } } }), { env });

test("a password that everybody can read who reads the file is a warning, which does not show it", async () => {
  const { warnings } = (await withPassword("open sesame")) as { warnings: readonly { path: string }[] };
  expect(warnings).toMatchObject([{ path: "users.ada.password", message: expect.stringContaining("password ada") }]);
  expect(JSON.stringify(warnings)).not.toContain("sesame");
});

test.each([[HASH], ["${ADA}"], [{ source: "env", id: "ADA" }]])("%j is none", async (password) => {
  expect(await withPassword(password, { ADA: "sesame" })).toMatchObject({ problems: [], warnings: [] });
});

test("half of a hash is refused, not taken for a password", async () => {
  const { problems } = await withPassword(HASH.slice(0, 60));
  expect(problems).toMatchObject([{ path: "users.ada.password", message: expect.stringContaining("not all of one") }]);
});
