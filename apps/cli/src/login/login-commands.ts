import { createClient, type DeviceStorage, type StoredDevice } from "@claw/client";
import { isScope, SCOPES } from "@claw/protocol";
import { clientOptions, connect, whyRefused } from "../connect.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";
import type { GatewayFlags } from "../gateway-flags.ts";
import { locateGateway } from "../locate-gateway.ts";
import { note, paint } from "../output.ts";
import { readSecret } from "../read-secret.ts";
import { deviceIdOf, loginPath, readLogin, removeLogin, writeLogin } from "./login-file.ts";

/** Makes this command line a device of whoever proves who they are, and keeps what it comes back with. */
export async function logIn({ user, ...flags }: GatewayFlags & { readonly user?: string }): Promise<void> {
  const endpoint = await locateGateway(flags);
  const path = loginPath(endpoint.stateDir, endpoint.url);
  const before = await readLogin(path, endpoint.url).catch(() => undefined);
  const secret = await secretFor(user, endpoint.token);
  let device: StoredDevice | undefined = before && { privateKey: before.device.privateKey };
  const storage: DeviceStorage = {
    load: async () => device,
    save: async (changed) => {
      device = changed;
    },
  };
  const options = await clientOptions(endpoint);
  const client = createClient({ ...options, ...secret, scopes: SCOPES, device: storage, reconnect: false });
  using _ = { [Symbol.dispose]: () => client.close() };
  const { auth } = await client.ready().catch((error: unknown) => {
    throw whyRefused(error, endpoint);
  });
  if (device?.token === undefined) {
    throw new CommandError(
      EXIT_CODES.failed,
      "The gateway let this command line in, and did not pair it: its log says why.",
    );
  }
  const signedIn = auth.userId ?? user ?? "owner";
  await writeLogin(path, { url: endpoint.url, user: signedIn, scopes: auth.scopes.filter(isScope), device });
  note(`${paint("green", "✓", process.stderr)} ${endpoint.url} knows this command line as ${signedIn}.`);
}

async function secretFor(user: string | undefined, token: string | undefined) {
  if (user !== undefined) return { user, password: await readSecret(`Password of ${user} (not shown)`) };
  return { token: token ?? (await readSecret("Token or password of the gateway (not shown)")) };
}

/** Forgets a login, and has the gateway forget its device where that is allowed. */
export async function logOut(flags: GatewayFlags): Promise<void> {
  const { stateDir, url } = await locateGateway(flags);
  const path = loginPath(stateDir, url);
  const login = await readLogin(path, url).catch(() => undefined);
  if (login?.device.token !== undefined) await forgetDevice(flags, deviceIdOf(login)).catch(() => {});
  await removeLogin(path);
  note(login === undefined ? "There was no login." : `${paint("green", "✓", process.stderr)} logged out of ${url}.`);
}

async function forgetDevice(flags: GatewayFlags, deviceId: string): Promise<void> {
  using link = await connect(flags, { scopes: ["operator.admin", "operator.pairing"] });
  await link.client.request("device.pair.remove", { deviceId });
}
