import { CLOSE_CODES, type ConnectChallenge, type ConnectParams, type HelloOk } from "@claw/protocol";
import type { ConnectionEnd } from "./admission.ts";
import { type Device, type DeviceStorage, openDevice } from "./device.ts";

export interface Credentials {
  /** The answer to a challenge. Rejects with a `GatewayError` when there can't be one. */
  answer(challenge: ConnectChallenge): Promise<ConnectParams>;
  admitted(hello: HelloOk): void;
  /** What an end leaves to be tried: another credential `now`, the same one `later`, or nothing. */
  next(end: ConnectionEnd): "now" | "later" | "never";
}

export interface Secret {
  readonly user?: string | undefined;
  readonly token?: string | undefined;
  readonly password?: string | undefined;
}

/** The token or password, the device's own, or neither, in the order in which a gateway may take them. */
export function createCredentials(
  params: ConnectParams,
  secret: Secret,
  storage: DeviceStorage | undefined,
): Credentials {
  const { user, token } = secret;
  let { password } = secret;
  let asked = params;
  let opened: Promise<Device> | undefined;
  let device: Device | undefined;
  /** The gateway did not take the token and asked for the device's. */
  let withDeviceToken = false;
  /** The credential of the last connection was taken away. */
  let invalidated = false;

  function auth(): NonNullable<ConnectParams["auth"]> {
    const knowsSecret = token !== undefined || password !== undefined;
    const deviceToken = !knowsSecret || withDeviceToken ? device?.token : undefined;
    return {
      ...(knowsSecret && user !== undefined && { user }),
      ...(token !== undefined && { token }),
      ...(password !== undefined && { password }),
      ...(deviceToken !== undefined && { deviceToken }),
    };
  }

  return {
    async answer(challenge) {
      if (storage !== undefined) {
        opened ??= openDevice(storage);
        device = await opened;
      }
      const shown = auth();
      const complete = { ...asked, ...(Object.keys(shown).length > 0 && { auth: shown }) };
      return device === undefined ? complete : { ...complete, device: await device.prove(complete, challenge) };
    },

    admitted({ auth: { deviceToken, scopes } }) {
      withDeviceToken = false;
      invalidated = false;
      if (deviceToken === undefined || device === undefined) return;
      device.keep(deviceToken);
      if (password === undefined) return;
      // The device comes back by itself from now on. To ask for more than it was given would be to ask for approval.
      password = undefined;
      asked = { ...params, scopes: [...scopes] };
    },

    next({ code, terminal, error }) {
      if (device === undefined) return terminal ? "never" : "later";
      const { code: detail, recommendedNextStep } = error?.details ?? {};
      if (detail === "AUTH_DEVICE_TOKEN_MISMATCH" && device.token !== undefined) {
        device.keep(undefined);
        // Somebody took it away just now: to ask again is for a person to decide.
        return invalidated ? "never" : "now";
      }
      // A person who typed a wrong password is told so, not let in as whoever was here before.
      const mayRetry = password === undefined && device.token !== undefined && !withDeviceToken;
      if (recommendedNextStep === "retry_with_device_token" && mayRetry) {
        withDeviceToken = true;
        return "now";
      }
      if (code === CLOSE_CODES.authInvalidated && error === undefined && !invalidated) {
        invalidated = true;
        return "later";
      }
      return terminal ? "never" : "later";
    },
  };
}
