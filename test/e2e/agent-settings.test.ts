import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startGateway } from "./harness/gateway.ts";

const FILE = `{
  // the door
  gateway: { port: 0, auth: { mode: "token", token: "e2e-token-of-this-gateway" } },
  sandbox: { backend: "virtual" },
  agents: {
    list: [
      { id: "writer" }, // writes
      { id: "editor" }, // reads
    ],
  },
}
`;

test("agents come, change and go in the file and in the running gateway, and comments stay", async () => {
  await using gateway = await startGateway({ config: FILE });
  const client = await gateway.connect();
  const ids = async () => (await client.request("agents.list", {})).agents.map(({ id }) => id);
  const file = () => readFile(join(gateway.stateDir, "openclaw.json"), "utf8");

  await client.request("agents.create", { name: "Night Owl", description: "works late" });
  expect(await ids()).toContain("night-owl");
  await client.request("sessions.create", { key: "agent:night-owl:kept" });
  await client.request("agents.update", { agentId: "coder", description: "codes" });
  expect(await file()).toContain('{ id: "coder", description: "codes" }');

  await client.request("agents.delete", { agentId: "editor" });
  await client.request("agents.delete", { agentId: "night-owl" });
  expect(await ids()).toEqual(expect.arrayContaining(["writer", "coder"]));
  expect(await ids()).not.toEqual(expect.arrayContaining(["editor"]));
  expect(await file()).toContain("// the door");
  expect(await file()).toContain('{ id: "writer" }, // writes');
  expect(await file()).not.toContain("night-owl");
  await expect(client.request("agents.delete", { agentId: "coder" })).rejects.toThrow("built in");

  await client.request("agents.create", { agentId: "night-owl" });
  const { sessions } = await client.request("sessions.list", {});
  expect(sessions.map(({ key }) => key)).toContain("agent:night-owl:kept");
  client.close();
});
