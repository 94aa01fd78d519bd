import { expect, test } from "vitest";
import { sharedSecret } from "../auth.ts";
import { connectClient } from "../connect.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";

test("revoking closes the connections of that credential with 4001 and no other", async () => {
  const authenticate = sharedSecret("token", (shown) => `gateway-token:${shown}`);
  await using started = await startGateway({ authenticate });
  const { gateway } = started;
  const [one, two, other] = await Promise.all(["old", "old", "new"].map((token) => connectClient(gateway, token)));
  gateway.revoke(({ credential }) => credential === "gateway-token:old");
  for (const client of [one, two]) expect(await client?.closed).toMatchObject({ code: 4001 });
  expect(await other?.request("health", {})).toMatchObject({ ok: true });
});
