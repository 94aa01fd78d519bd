import { createClient, type StoredDevice } from "@claw/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../testing/cli.ts";
import { type RunningGateway, startGateway } from "../testing/gateway.ts";

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const claw = (...args: readonly string[]) => runCli(["devices", ...args], { env: gateway.env });

interface Listed {
  readonly pending: readonly { readonly requestId: string; readonly deviceId: string }[];
  readonly paired: readonly { readonly deviceId: string; readonly tokens: readonly unknown[] }[];
}
const list = async (): Promise<Listed> => JSON.parse((await claw("list", "--json")).stdout);

/** A device that asks to read. */
function device() {
  let stored: StoredDevice | undefined;
  const waits = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const client = createClient({
    url: `ws://127.0.0.1:${gateway.port}/`,
    scopes: ["operator.read"],
    clientInfo: { displayName: "A phone" },
    device: {
      load: async () => stored,
      async save(next) {
        stored = next;
      },
    },
    onState(state) {
      if (state.status === "reconnecting" && state.error !== undefined) waits.resolve();
      if (state.status === "closed") ended.resolve();
    },
  });
  return { client, waits: waits.promise, ended: ended.promise };
}

test("a device is approved, named, and its token taken away", async () => {
  expect((await claw()).stdout).toBe("No device is paired, and none waits.\n");
  const { client, waits, ended } = device();
  await waits;
  const { requestId = "", deviceId = "" } = (await list()).pending[0] ?? {};
  const shown = await claw("list");
  expect(shown.stdout).toMatch(new RegExp(`WAITS .*\\n${requestId} +A phone +operator operator.read +not-paired`));

  expect((await claw("approve", requestId)).stderr).toBe("Approved A phone for operator.read.\n");
  await client.ready();
  expect((await claw("rename", deviceId, "Kitchen")).exitCode).toBe(0);
  expect((await claw()).stdout).toMatch(new RegExp(`${deviceId} +Kitchen +operator operator.read .* here now`));
  expect((await claw("rotate", deviceId)).stderr).toContain("Rotated the operator token");
  await client.ready();
  expect((await claw("revoke", deviceId)).exitCode).toBe(0);
  await ended;
  expect((await list()).paired).toMatchObject([{ deviceId, tokens: [] }]);
  expect((await claw("remove", deviceId)).exitCode).toBe(0);
  expect(await list()).toEqual({ pending: [], paired: [] });
}, 60_000);

test("a device is rejected, and what is not there is said to be so", async () => {
  const { client, waits } = device();
  await waits;
  const { requestId = "" } = (await list()).pending[0] ?? {};
  expect((await claw("reject", requestId)).exitCode).toBe(0);
  client.close();
  const again = await claw("approve", requestId);
  expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("No device waits under") });
  expect((await claw("remove", "nobody")).stderr).toContain("There is no device nobody");
}, 60_000);
