import { expect, test } from "vitest";
import { runCli, temporaryHome } from "./testing/cli.ts";
import { version } from "./version.ts";

test("prints its version", async () => {
  expect(await runCli(["--version"])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: "" });
  expect((await runCli(["-V"])).stdout).toBe(`${version}\n`);
});

test("shows every command, examples and exit codes when asked for nothing", async () => {
  const { exitCode, stdout, stderr } = await runCli([]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  for (const command of ["gateway", "agent", "chat", "status", "sessions", "models", "agents", "config", "sandbox"]) {
    expect(stdout).toMatch(new RegExp(`^  ${command} {2,}\\S`, "m"));
  }
  expect(stdout).toContain("Examples:");
  expect(stdout).toMatch(/69 {2}the gateway can't be reached/);
});

test.each([
  "gateway run",
  "safe-mode off",
  "agent",
  "chat",
  "status",
  "sessions",
  "models",
  "agents",
  "approvals list",
  "approvals show",
  "approvals approve",
  "approvals deny",
  "config get",
  "config set",
  "config unset",
  "config validate",
  "config schema",
  "config file",
  "sandbox build",
  "sandbox doctor",
  "sandbox explain",
  "sandbox list",
  "sandbox prune",
  "sandbox recreate",
])("%s --help shows an example", async (command) => {
  const { exitCode, stdout } = await runCli([...command.split(" "), "--help"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/Examples:\n {2}\S/);
});

test("names the nearest command when there is none of that name", async () => {
  const { exitCode, stdout, stderr } = await runCli(["sesions"]);
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: "error Unknown command 'sesions'. Did you mean sessions?\n",
  });
});

test("refuses options it does not have", async () => {
  const { exitCode, stderr } = await runCli(["status", "--josn"]);
  expect(exitCode).toBe(2);
  expect(stderr).toBe("error Unknown option '--josn'. Did you mean --json?\n");
});

test("colours only what is a terminal, and never against NO_COLOR", async () => {
  expect((await runCli(["--help"])).stdout).not.toContain("\x1b");
  expect((await runCli(["--help"], { env: { FORCE_COLOR: "1" } })).stdout).toContain("\x1b[");
  expect((await runCli(["--help"], { env: { NO_COLOR: "1" } })).stdout).not.toContain("\x1b");
});

test("tells how to start a gateway that does not run, and shows a stack only with CLAW_DEBUG", async () => {
  await using home = await temporaryHome();
  // Port 1 is privileged and unused: nothing answers.
  const args = ["sessions", "--port", "1"];
  const { exitCode, stdout, stderr } = await runCli(args, { env: home.env });
  expect({ exitCode, stdout }).toEqual({ exitCode: 69, stdout: "" });
  expect(stderr).toContain('Start the gateway with "claw gateway run"');
  expect(stderr).not.toMatch(/\n\s+at /);
  expect((await runCli(args, { env: { ...home.env, CLAW_DEBUG: "1" } })).stderr).toMatch(/\n\s+at /);
});

test("status says in JSON that the gateway can't be reached, and where it looked", async () => {
  await using home = await temporaryHome();
  const { exitCode, stdout } = await runCli(["status", "--json", "--port", "1"], { env: home.env });
  expect(exitCode).toBe(69);
  expect(JSON.parse(stdout).gateway).toMatchObject({
    reachable: false,
    url: "ws://127.0.0.1:1/",
    stateDir: home.stateDir,
  });
});

test.each(["http://127.0.0.1", "nonsense", "ws://user:secret@127.0.0.1/", "ws://127.0.0.1/?token=secret"])(
  "refuses %s as the gateway's address without repeating a secret",
  async (url) => {
    await using home = await temporaryHome();
    const { exitCode, stderr } = await runCli(["models", "--url", url], { env: home.env });
    expect(exitCode).toBe(2);
    expect(stderr).not.toContain("secret");
  },
);

test("explains the sandbox of this machine while no gateway runs", async () => {
  await using home = await temporaryHome();
  const env = home.env;
  await runCli(["config", "set", "sandbox.backend", "virtual"], { env });
  const { exitCode, stdout } = await runCli(["sandbox", "explain", "--port", "1"], { env });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^Sandbox +✓ ready {2}virtual$/m);
  expect(stdout).toMatch(/^ +· /m);
  expect(stdout).toContain("claw config set sandbox.backend docker");
});

test("says which engine it could not reach instead of building an image", async () => {
  const { exitCode, stderr } = await runCli(["sandbox", "build", "--engine", "unix:///nonexistent/docker.sock"]);
  expect(exitCode).toBe(69);
  expect(stderr).toContain("/nonexistent/docker.sock");
});
