import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readGatewayToken, rotateGatewayToken } from "@claw/config";
import { hashPassword } from "@claw/gateway";
import { expect, test } from "vitest";
import { connect } from "../connect.ts";
import { runCli } from "../testing/cli.ts";
import { startGateway } from "../testing/gateway.ts";
import { logIn, logOut } from "./login-commands.ts";

/** Every command line is a process of its own, which takes its time on a busy machine. */
const TIMEOUT_MS = 60_000;

async function startWorld(settings: Readonly<Record<string, string>> = {}) {
  await using stack = new AsyncDisposableStack();
  const { env, port } = stack.use(await startGateway(settings));
  const stateDir = env["CLAW_STATE_DIR"] ?? "";
  const flags = { stateDir, port: String(port) };
  const owned = stack.move();
  return {
    env,
    flags,
    stateDir,
    ask: (more: object = {}) => connect({ ...flags, ...more }, { scopes: ["operator.admin", "operator.read"] }),
    async file() {
      const [name = "there is none"] = await readdir(join(stateDir, "cli"));
      return join(stateDir, "cli", name);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

test(
  "a login is a device that can be shut out alone, and the token beside it does not make up for that",
  async () => {
    await using world = await startWorld();
    const { flags, stateDir, ask } = world;
    await logIn(flags);
    const file = await world.file();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const before = (await readGatewayToken(stateDir))?.token ?? "";
    expect(await readFile(file, "utf8")).not.toContain(before);
    const { token } = await rotateGatewayToken({ stateDir, now: new Date(), overlapMs: 0 });
    const known = async () => {
      using link = await ask();
      return (await link.client.request("device.pair.list", {})).paired;
    };
    const [device] = await known();
    expect(device).toMatchObject({ clientId: "cli", owner: "owner", connected: true });

    using operator = await ask({ token });
    await operator.client.request("device.token.revoke", { deviceId: device?.deviceId ?? "", role: "operator" });
    for (const time of ["at first", "from then on"]) {
      await expect(ask(), time).rejects.toMatchObject({
        exitCode: 77,
        message: expect.stringContaining('"claw login" makes a new one'),
      });
    }
    await logIn(flags);
    expect(await known()).toMatchObject([{ deviceId: device?.deviceId }]);
    await logOut(flags);
    expect(await known()).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "a user logs in with a password, may do what is theirs, and a file that can't be used is no other login",
  async () => {
    const ada = { role: "member", password: await hashPassword("open sesame") };
    await using world = await startWorld({ "users.ada": JSON.stringify(ada) });
    const { env, flags, ask } = world;
    const login = (password: string) => runCli(["login", "--user", "ada"], { env, input: `${password}\n` });
    expect(await login("shut sesame")).toMatchObject({
      exitCode: 77,
      stderr: expect.stringContaining("no such user with this password"),
    });
    expect(await login("open sesame")).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("as ada") });
    const file = await world.file();
    expect(await readFile(file, "utf8")).not.toContain("sesame");
    using link = await ask();
    expect((await link.client.request("users.list", {})).users.map(({ id }) => id)).toEqual(["ada"]);
    await writeFile(file, "{}");
    await expect(ask()).rejects.toMatchObject({ exitCode: 78, message: expect.stringContaining("claw logout") });
    await logOut(flags);
    using again = await ask();
    expect(again.hello.auth.userId).toBe("owner");
  },
  TIMEOUT_MS,
);
