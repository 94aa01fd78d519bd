import { deepEqual, equal, ok } from "node:assert/strict";
import type { DeviceProfile, NewDeviceRequest, Pairing } from "../../devices.ts";
import type { Principal } from "../../principal.ts";
import type { Store } from "../../store.ts";
import type { StoreCase } from "./case.ts";
import { person, rejectsWith } from "./fixtures.ts";

const ada = person("ada", ["write", "pairing"]);
const eve = person("eve", ["write", "pairing"]);
const root = person("root", ["admin"]);
const profile: DeviceProfile = { publicKey: "key", clientId: "cli", clientMode: "cli", platform: "linux" };
const read = ["operator.read"];

function pairing(changes: Partial<Pairing> = {}): Pairing {
  return { device: "d1", profile, role: "operator", principal: ada, token: { hash: "h1", scopes: read }, ...changes };
}

function asked(changes: Partial<NewDeviceRequest> = {}): NewDeviceRequest {
  const what = { role: "operator", scopes: read, reason: "not-paired", network: "10.0.0.1" } as const;
  return { tenant: "local", device: "d1", ...profile, ...what, ...changes };
}

const ids = async (store: Store, principal: Principal) =>
  (await store.as(principal).devices.list()).map(({ id }) => id);
const waiting = async (store: Store, principal: Principal) =>
  (await store.as(principal).devices.requests()).map(({ device }) => device);

export const deviceCases: readonly StoreCase[] = [
  {
    name: "a paired device is its owner's, and survives a restart with its token",
    async run({ store, reopen }) {
      await store.devices.pair(pairing());
      const again = await reopen();
      const found = await again.devices.find("d1");
      deepEqual(found?.principal, { id: "ada", kind: "user", tenant: "local" });
      equal(found?.via, "secret");
      deepEqual(
        found?.grants.map(({ role, scopes, token }) => [role, scopes, token?.scopes]),
        [["operator", read, read]],
      );
      deepEqual(await again.devices.checkToken("d1", "operator", "h1"), read);
    },
  },
  {
    name: "a token holds for its own device and role alone",
    async run({ store }) {
      await store.devices.pair(pairing());
      await store.devices.pair(pairing({ device: "d2", token: { hash: "h2", scopes: read } }));
      equal(await store.devices.checkToken("d1", "operator", "h2"), undefined);
      equal(await store.devices.checkToken("d1", "node", "h1"), undefined);
      equal(await store.devices.checkToken("d1", "operator", ""), undefined);
      equal(await store.devices.checkToken("nobody", "operator", "h1"), undefined);
    },
  },
  {
    name: "pairing again adds scopes and keeps the newest two tokens",
    async run({ store }) {
      await store.devices.pair(pairing());
      await store.devices.pair(pairing({ token: { hash: "h2", scopes: ["operator.write"] } }));
      await store.devices.pair(pairing({ token: { hash: "h3", scopes: read } }));
      const held = async (hash: string) => (await store.devices.checkToken("d1", "operator", hash)) !== undefined;
      deepEqual([await held("h1"), await held("h2"), await held("h3")], [false, true, true]);
      deepEqual((await store.devices.find("d1"))?.grants[0]?.scopes, ["operator.read", "operator.write"]);
      deepEqual(await store.devices.checkToken("d1", "operator", "h3"), ["operator.read", "operator.write"]);
    },
  },
  {
    name: "nobody pairs a device of somebody else",
    async run({ store }) {
      await store.devices.pair(pairing());
      await rejectsWith("STORE_FORBIDDEN", store.devices.pair(pairing({ principal: eve })));
      const elsewhere = person("ada", ["pairing"], "elsewhere");
      await rejectsWith("STORE_FORBIDDEN", store.devices.pair(pairing({ principal: elsewhere })));
      equal((await store.devices.find("d1"))?.owner, "ada");
    },
  },
  {
    name: "people see and change their own devices, an admin those of the tenant, nobody without the pairing scope",
    async run({ store }) {
      await store.devices.pair(pairing());
      deepEqual(await ids(store, ada), ["d1"]);
      deepEqual(await ids(store, root), ["d1"]);
      for (const stranger of [
        eve,
        person("ada", ["write"]),
        person("ada", ["pairing"], "elsewhere"),
        person("root", ["admin"], "elsewhere"),
      ]) {
        const { devices } = store.as(stranger);
        deepEqual(await devices.list(), []);
        equal(await devices.rename("d1", "mine"), undefined);
        equal(await devices.revokeToken("d1", "operator"), undefined);
        equal(await devices.offerToken("d1", "operator", []), undefined);
        equal(await devices.remove("d1"), undefined);
      }
      deepEqual(await store.devices.checkToken("d1", "operator", "h1"), read);
      equal((await store.as(root).devices.rename("d1", "desk"))?.label, "desk");
      await store.devices.pair(pairing({ token: { hash: "h2", scopes: read } }));
      equal((await store.as(ada).devices.list())[0]?.label, "desk");
    },
  },
  {
    name: "a token that is replaced or taken away holds no more",
    async run({ store }) {
      const { devices } = store.as(ada);
      await store.devices.pair(pairing());
      await store.devices.pair(pairing({ token: { hash: "h2", scopes: read } }));
      ok(await devices.replaceToken("d1", "operator", { hash: "h3", scopes: [] }));
      for (const old of ["h1", "h2"]) equal(await store.devices.checkToken("d1", "operator", old), undefined);
      deepEqual(await store.devices.checkToken("d1", "operator", "h3"), []);
      const revoked = await devices.revokeToken("d1", "operator");
      deepEqual(
        revoked?.grants.map(({ token }) => token),
        [undefined],
      );
      equal(await store.devices.checkToken("d1", "operator", "h3"), undefined);
      equal(await store.devices.collectToken("d1", "operator", "h4"), undefined);
      equal(await devices.replaceToken("d1", "node", { hash: "h5", scopes: [] }), undefined);
    },
  },
  {
    name: "a token that is offered is the device's to fetch once, with the scopes it was offered for",
    async run({ store }) {
      const { devices } = store.as(ada);
      await store.devices.pair(pairing({ token: { hash: "h1", scopes: ["operator.write"] } }));
      const offered = await devices.offerToken("d1", "operator", read);
      deepEqual(
        offered?.grants.map((grant) => [grant.token, grant.offered]),
        [[undefined, read]],
      );
      equal(await store.devices.checkToken("d1", "operator", "h1"), undefined);
      deepEqual(await store.devices.collectToken("d1", "operator", "h2"), read);
      equal(await store.devices.collectToken("d1", "operator", "h3"), undefined);
      deepEqual(await store.devices.checkToken("d1", "operator", "h2"), read);
      await devices.offerToken("d1", "operator", read);
      await devices.revokeToken("d1", "operator");
      equal(await store.devices.collectToken("d1", "operator", "h4"), undefined);
    },
  },
  {
    name: "a device that is removed is unknown, and so are its tokens and requests",
    async run({ store }) {
      await store.devices.pair(pairing());
      await store.devices.request(asked({ reason: "scope-upgrade" }));
      equal((await store.as(ada).devices.remove("d1"))?.id, "d1");
      equal(await store.devices.find("d1"), undefined);
      equal(await store.devices.checkToken("d1", "operator", "h1"), undefined);
      deepEqual(await waiting(store, root), []);
      equal(await store.as(ada).devices.remove("d1"), undefined);
    },
  },
  {
    name: "a stranger's request is everybody's who may pair, and whoever approves it owns the device",
    async run({ store }) {
      const request = await store.devices.request(asked());
      ok(request);
      equal(request.expiresAt.getTime() - request.createdAt.getTime(), 300_000);
      deepEqual(await waiting(store, ada), ["d1"]);
      deepEqual(await waiting(store, eve), ["d1"]);
      deepEqual(await waiting(store, person("ada", ["write"])), []);
      deepEqual(await waiting(store, person("ada", ["pairing"], "elsewhere")), []);
      equal((await store.as(eve).devices.approve(request.id))?.owner, "eve");
      equal(await store.as(ada).devices.approve(request.id), undefined);
      deepEqual([await ids(store, ada), await ids(store, eve)], [[], ["d1"]]);
    },
  },
  {
    name: "an approved device fetches its first token once",
    async run({ store }) {
      const request = await store.devices.request(asked());
      equal(await store.devices.collectToken("d1", "operator", "h0"), undefined);
      await store.as(ada).devices.approve(request?.id ?? "");
      deepEqual(await store.devices.collectToken("d1", "operator", "h1"), read);
      equal(await store.devices.collectToken("d1", "operator", "h2"), undefined);
      deepEqual(await store.devices.checkToken("d1", "operator", "h1"), read);
    },
  },
  {
    name: "a request for more is for the device's owner to see, and widens the token that is out",
    async run({ store }) {
      await store.devices.pair(pairing());
      const more = asked({ reason: "scope-upgrade", scopes: ["operator.write"] });
      const request = await store.devices.request(more);
      deepEqual(
        [await waiting(store, ada), await waiting(store, eve), await waiting(store, root)],
        [["d1"], [], ["d1"]],
      );
      equal(await store.as(eve).devices.approve(request?.id ?? ""), undefined);
      equal(await store.as(eve).devices.reject(request?.id ?? ""), undefined);
      equal((await store.as(root).devices.approve(request?.id ?? ""))?.owner, "ada");
      deepEqual(await store.devices.checkToken("d1", "operator", "h1"), ["operator.read", "operator.write"]);
      equal(await store.devices.collectToken("d1", "operator", "h2"), undefined);
    },
  },
  {
    name: "the same request again is the one that waits, another one takes its place, and a rejected one is gone",
    async run({ store }) {
      const first = await store.devices.request(asked());
      equal((await store.devices.request(asked()))?.id, first?.id);
      const second = await store.devices.request(asked({ scopes: [] }));
      ok(second && second.id !== first?.id);
      const { devices } = store.as(ada);
      equal(await devices.approve(first?.id ?? ""), undefined);
      equal((await devices.reject(second.id))?.device, "d1");
      deepEqual(await devices.requests(), []);
      equal(await devices.approve(second.id), undefined);
      equal(await store.devices.find("d1"), undefined);
    },
  },
  {
    name: "16 devices of one network and 64 in all may wait",
    async run({ store }) {
      const ask = (number: number, network: string) => store.devices.request(asked({ device: `d${number}`, network }));
      for (let number = 0; number < 16; number++) ok(await ask(number, "10.0.0.1"));
      equal(await ask(16, "10.0.0.1"), undefined);
      for (let number = 16; number < 64; number++) ok(await ask(number, `10.0.1.${number}`));
      equal(await ask(64, "10.0.0.2"), undefined);
      equal((await store.as(root).devices.requests()).length, 64);
    },
  },
  {
    name: "somebody has 256 devices at most, which are known as before",
    async run({ store }) {
      const pair = (number: number) =>
        store.devices.pair(pairing({ device: `d${number}`, token: { hash: `h${number}`, scopes: read } }));
      for (let number = 0; number < 256; number++) await pair(number);
      await rejectsWith("STORE_FULL", pair(256));
      await store.devices.pair(pairing({ device: "d0", token: { hash: "again", scopes: read } }));
      const request = await store.devices.request(asked({ device: "stranger" }));
      await rejectsWith("STORE_FULL", store.as(ada).devices.approve(request?.id ?? ""));
      deepEqual(await waiting(store, ada), ["stranger"]);
      equal((await store.as(eve).devices.approve(request?.id ?? ""))?.owner, "eve");
      await store.as(ada).devices.remove("d1");
      await pair(256);
    },
  },
];
