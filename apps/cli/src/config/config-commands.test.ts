import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { type CliOptions, runCli, temporaryHome } from "../testing/cli.ts";

const FILE = `{
  // who may come in
  gateway: { port: 18900, auth: { token: "very-secret-token" } }, // the door
}
`;

async function withFile(text = FILE) {
  const home = await temporaryHome();
  await mkdir(home.stateDir);
  await writeFile(home.configPath, text);
  const claw = (args: string, options: CliOptions = {}) =>
    runCli(["config", ...args.split(" ")], { ...options, env: home.env });
  return { ...home, claw, read: () => readFile(home.configPath, "utf8") };
}

test("gets a value that is set, a default, and an object", async () => {
  await using file = await withFile();
  expect((await file.claw("get gateway.port")).stdout).toBe("18900\n");
  expect((await file.claw("get gateway.bind")).stdout).toBe("loopback\n");
  expect((await file.claw("get gateway.bind --json")).stdout).toBe('"loopback"\n');
  expect(JSON.parse((await file.claw("get gateway")).stdout)).toMatchObject({ port: 18900, bind: "loopback" });
});

test("shows a secret only when told to", async () => {
  await using file = await withFile();
  for (const args of ["get", "get gateway", "get gateway.auth.token", "get --json"]) {
    expect((await file.claw(args)).stdout).not.toContain("very-secret-token");
  }
  expect((await file.claw("get gateway.auth.token --reveal")).stdout).toBe("very-secret-token\n");
});

test("sets and unsets values without touching the rest of the file", async () => {
  await using file = await withFile();
  const { exitCode, stdout, stderr } = await file.claw("set gateway.port 19000");
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
  expect(stderr).toContain(`gateway.port set in ${file.configPath}`);
  expect(await file.read()).toBe(FILE.replace("18900", "19000"));
  await file.claw("unset gateway.port");
  expect(await file.read()).toContain("// who may come in");
  expect((await file.claw("get gateway.port")).stdout).toBe("18789\n");
  expect((await stat(file.configPath)).mode & 0o777).toBe(0o600);
});

test("takes text as it stands, JSON5, and what is piped in", async () => {
  await using file = await withFile();
  await file.claw("set agents.defaults.model openai/gpt-5");
  await file.claw("set tools.deny ['exec']");
  await file.claw("set models.providers.openai.apiKey", { input: "sk-piped\n" });
  expect((await file.claw("get agents.defaults.model")).stdout).toBe("openai/gpt-5\n");
  expect(JSON.parse((await file.claw("get tools.deny")).stdout)).toEqual(["exec"]);
  expect((await file.claw("get models.providers.openai.apiKey --reveal")).stdout).toBe("sk-piped\n");
});

test.each([
  ["set gateway.prot 1", 'did you mean "port"'],
  ["set gateway.port 99999", "expected at most 65535"],
  ["set gateway.port soon", "gateway.port"],
])("%s is refused and changes nothing", async (args, why) => {
  await using file = await withFile();
  const { exitCode, stderr } = await file.claw(args);
  expect(exitCode).toBe(78);
  expect(stderr).toContain(why);
  expect(await file.read()).toBe(FILE);
});

test("mends a file that is wrong", async () => {
  await using file = await withFile('{ gateway: { port: "x" } }');
  expect((await file.claw("validate")).exitCode).toBe(78);
  expect((await file.claw("set gateway.port 19000")).exitCode).toBe(0);
  expect((await file.claw("validate")).stdout).toContain("is right");
});

test("validates with the place of each problem, for people and as JSON", async () => {
  await using file = await withFile("{ gatway: {} }");
  const { exitCode, stderr } = await file.claw("validate");
  expect(exitCode).toBe(78);
  expect(stderr).toContain('gatway (line 1, column 3): unknown key; did you mean "gateway"?');
  const json = await file.claw("validate --json");
  expect(json.exitCode).toBe(78);
  expect(JSON.parse(json.stdout)).toMatchObject({ valid: false, problems: [{ path: "gatway", line: 1, column: 3 }] });
});

test("validates with what is right but hardly meant, which changes no exit code", async () => {
  await using file = await withFile('{ agents: { defaults: { workspace: "/srv/${NOT_SET}" } } }');
  const { exitCode, stdout, stderr } = await file.claw("validate");
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("is right") });
  expect(stderr).toContain(
    "agents.defaults.workspace (line 1, column 36): the environment variable NOT_SET is not set",
  );
  const json = await file.claw("validate --json");
  expect(json.exitCode).toBe(0);
  expect(JSON.parse(json.stdout)).toMatchObject({
    valid: true,
    problems: [],
    warnings: [{ path: "agents.defaults.workspace", line: 1, column: 36 }],
  });
});

test("validates no file that is not there", async () => {
  await using home = await temporaryHome();
  const { exitCode, stdout } = await runCli(["config", "validate", "--json"], { env: home.env });
  expect(exitCode).toBe(78);
  expect(JSON.parse(stdout)).toMatchObject({ valid: false, problems: [{ message: "there is no such file" }] });
});

test("begins a file that does not exist, with no secret in it", async () => {
  await using home = await temporaryHome();
  const { env } = home;
  expect((await runCli(["config", "file"], { env })).stdout).toBe(`${home.configPath}\n`);
  expect((await runCli(["config", "get", "gateway.port"], { env })).stdout).toBe("18789\n");
  expect((await runCli(["config", "set", "gateway.port", "19001"], { env })).exitCode).toBe(0);
  expect((await runCli(["config", "get", "gateway.auth.token", "--reveal"], { env })).exitCode).toBe(1);
});

test("tells a path that is none from a key that is not set", async () => {
  await using file = await withFile();
  expect((await file.claw("get a..b")).exitCode).toBe(2);
  expect((await file.claw("get agents.defaults.model")).exitCode).toBe(1);
});

test("prints the JSON Schema", async () => {
  const { stdout } = await runCli(["config", "schema"]);
  expect(JSON.parse(stdout)).toMatchObject({ title: "openclaw.json", properties: { gateway: {} } });
});
