import { parseConfig, resolveAgents } from "@claw/config";
import { expect, test } from "vitest";
import { runCli, temporaryHome } from "../testing/cli.ts";
import { agentFindings, backendFindings, hostFindings } from "./doctor.ts";

const HERE = { docker: undefined, bwrap: undefined, virtual: undefined };

async function findingsOf(text: string, there: Parameters<typeof backendFindings>[1] = HERE) {
  const config = await parseConfig(text);
  const agents = resolveAgents(config);
  const found = [...backendFindings(agents, there), ...agents.flatMap(agentFindings), ...hostFindings(config, agents)];
  return found.filter(({ level }) => level !== "ok").map(({ level, message }) => `${level}: ${message}`);
}

test("with nothing configured and every backend there, nothing is wrong", async () => {
  expect(await findingsOf("{}")).toEqual([]);
});

test.each([
  [`{ sandbox: { backend: "docker" } }`, "error: docker is asked for and does not work here"],
  [`{}`, "warning: docker does not work here"],
])("a machine without an engine and %s: %s", async (text, finding) => {
  expect(await findingsOf(text, { ...HERE, docker: "no engine answers" })).toEqual([finding]);
});

test.each([
  [`{ sandbox: { mode: "off" } }`, /no sandbox \(sandbox\.mode\).*its tools refuse/],
  [`{ sandbox: { host: { enabled: true } } }`, /approved commands on the host.*sandbox\.host\.enabled/],
  [
    `{ sandbox: { host: { enabled: true }, workspaceAccess: "ro" } }`,
    /^error: .*read-only workspace, which the host can't keep/,
  ],
  [`{ sandbox: { backend: "virtual", network: { allow: ["a.test"] } } }`, /the virtual sandbox has no network/],
  [`{ tools: { elevated: { enabled: true, allowFrom: ["owner"] } } }`, /no effect: no agent may use the host/],
  [
    `{ sandbox: { host: { enabled: true } }, tools: { elevated: { enabled: true } } }`,
    /nobody is listed in tools\.elevated\.allowFrom/,
  ],
])("%s is remarked upon", async (text, finding) => {
  expect(await findingsOf(text)).toContainEqual(expect.stringMatching(finding));
});

test("the command names what is wrong, with a remedy, and ends with 1", async () => {
  await using home = await temporaryHome();
  const { env } = home;
  expect((await runCli(["sandbox", "doctor"], { env })).stdout).toMatch(/^✓ virtual works here/m);
  await runCli(["config", "set", "sandbox.host.enabled", "true"], { env });
  await runCli(["config", "set", "sandbox.workspaceAccess", "ro"], { env });
  const { exitCode, stdout, stderr } = await runCli(["sandbox", "doctor"], { env });
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
  expect(stdout).toMatch(/^✗ the agent default has a read-only workspace/m);
  expect(stdout).toMatch(/^ {2}change sandbox\.workspaceAccess or sandbox\.host\.enabled$/m);
  const { stdout: json } = await runCli(["sandbox", "doctor", "--json"], { env });
  expect(JSON.parse(json)).toContainEqual(expect.objectContaining({ level: "error", remedy: expect.any(String) }));
});
