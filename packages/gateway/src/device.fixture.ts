import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { type ConnectChallenge, type ConnectParams, deviceAuthPayload } from "@claw/protocol";
import { type OpenOptions, openClient, type TestClient } from "./connect.fixture.ts";
import type { Gateway } from "./options.ts";

type Frame = Awaited<ReturnType<TestClient["request"]>>;
type DeviceParams = NonNullable<ConnectParams["device"]>;

export interface ConnectAsDevice {
  readonly auth?: ConnectParams["auth"];
  readonly scopes?: readonly string[];
  readonly role?: string;
  readonly client?: Partial<ConnectParams["client"]>;
  readonly version?: "v2" | "v3";
  /** Changes what is sent after it was signed. */
  readonly tamper?: (device: DeviceParams) => DeviceParams;
  /** Takes the place of what was signed. */
  readonly sent?: Partial<ConnectParams>;
  readonly open?: OpenOptions;
}

export interface Visit extends TestClient {
  readonly answer: Frame;
  /** Of the answer. */
  readonly auth: { readonly scopes: readonly string[]; readonly role: string; readonly deviceToken?: string };
  readonly details: Readonly<Record<string, unknown>>;
}

/** A machine with a key of its own. */
export function testDevice() {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  const id = createHash("sha256").update(raw).digest("hex");
  return {
    id,
    async connect(gateway: Gateway, options: ConnectAsDevice = {}): Promise<Visit> {
      const { auth, scopes = ["operator.read"], role = "operator", version = "v3", tamper = (same) => same } = options;
      const client = { id: "test", version: "1", platform: "Linux", mode: "test", ...options.client } as const;
      const opened = openClient(gateway, options.open);
      const { payload: challenge } = await opened.frame(({ event }) => event === "connect.challenge");
      const { nonce, ts } = challenge as unknown as ConnectChallenge;
      const payload = deviceAuthPayload(version, {
        deviceId: id,
        clientId: client.id,
        clientMode: client.mode,
        role,
        scopes,
        signedAt: ts,
        token: auth?.token ?? auth?.deviceToken,
        nonce,
        platform: client.platform,
        deviceFamily: client.deviceFamily,
      });
      const signature = sign(null, Buffer.from(payload), privateKey).toString("base64url");
      const device = tamper({ id, publicKey: raw.toString("base64url"), signature, signedAt: ts, nonce });
      const params = {
        minProtocol: 4,
        maxProtocol: 4,
        client,
        role,
        scopes,
        device,
        ...(auth && { auth }),
        ...options.sent,
      };
      const answer = await opened.request("connect", params);
      const { auth: granted } = (answer.payload ?? {}) as { readonly auth?: Visit["auth"] };
      return {
        ...opened,
        answer,
        auth: granted ?? { scopes: [], role: "none" },
        details: (answer.error?.details ?? {}) as Visit["details"],
      };
    },
  };
}
