import { z } from "zod";
import type { StateVersion } from "./frames.ts";
import type { Health } from "./health.ts";
import { count, identifier, shortText } from "./params.ts";

/** The first frame of a connection, from the gateway: event `connect.challenge`. */
export interface ConnectChallenge {
  readonly nonce: string;
  /** Unix milliseconds; what a device signs as `signedAt`. */
  readonly ts: number;
  readonly capabilities?: readonly string[];
}

export const CLIENT_IDS = [
  "cli",
  "gateway-client",
  "openclaw-tui",
  "openclaw-control-ui",
  "webchat",
  "webchat-ui",
  "openclaw-browser-copilot",
  "openclaw-macos",
  "openclaw-linux",
  "openclaw-ios",
  "openclaw-watchos",
  "openclaw-android",
  "node-host",
  "openclaw-worker",
  "openclaw-probe",
  "fingerprint",
  "test",
] as const;

export const CLIENT_MODES = ["cli", "ui", "webchat", "backend", "node", "worker", "probe", "test"] as const;

const secret = z.string().max(8_192);
const names = z.array(identifier).max(256);

const clientInfo = z.strictObject({
  id: z.enum(CLIENT_IDS),
  version: identifier,
  platform: identifier,
  mode: z.enum(CLIENT_MODES),
  displayName: identifier.optional(),
  buildId: z.string().min(1).max(96).optional(),
  deviceFamily: identifier.optional(),
  modelIdentifier: identifier.optional(),
  timeZone: z.string().min(1).max(64).optional(),
  instanceId: identifier.optional(),
});

/** Params of `connect`, the first request of a connection. */
export const connectParams = z.strictObject({
  minProtocol: z.int().min(1),
  maxProtocol: z.int().min(1),
  client: clientInfo,
  role: identifier.optional().describe("Default `operator`."),
  scopes: z.array(identifier).max(64).optional(),
  caps: names.optional().describe("Without `tool-events` a client gets no tool stream of `agent` events."),
  commands: names.optional(),
  permissions: z.record(identifier, z.boolean()).optional(),
  pathEnv: z.string().max(32_768).optional(),
  computerUse: z.unknown().optional(),
  workerRuns: z.unknown().optional(),
  modelCatalog: z.unknown().optional(),
  auth: z
    .strictObject({
      user: identifier.optional().describe("Whose the secret is, where each has their own; Claw's own key."),
      token: secret.optional(),
      password: secret.optional(),
      deviceToken: secret.optional(),
      bootstrapToken: secret.optional(),
      approvalRuntimeToken: secret.optional(),
      agentRuntimeIdentityToken: secret.optional(),
    })
    .optional(),
  device: z
    .strictObject({
      id: identifier,
      publicKey: identifier,
      signature: identifier,
      signedAt: count,
      nonce: z.string().max(256).optional(),
    })
    .optional(),
  locale: shortText.optional(),
  userAgent: shortText.optional(),
});

export type ConnectParams = z.input<typeof connectParams>;
export type ClientInfo = z.input<typeof clientInfo>;

/** The answer to `connect`. */
export interface HelloOk {
  readonly type: "hello-ok";
  readonly protocol: number;
  readonly server: { readonly version: string; readonly connId: string; readonly bootId?: string };
  readonly features: {
    readonly methods: readonly string[];
    readonly events: readonly string[];
    readonly capabilities?: readonly string[];
  };
  readonly snapshot: Snapshot;
  readonly auth: {
    readonly role: string;
    readonly scopes: readonly string[];
    /** Who it is, as `ownerId` of sessions has it; Claw's own key. */
    readonly userId?: string;
    readonly method?: "none" | "token" | "password" | "device-token";
    readonly deviceToken?: string;
    readonly issuedAtMs?: number;
  };
  readonly policy: {
    readonly maxPayload: number;
    readonly maxBufferedBytes: number;
    readonly tickIntervalMs: number;
  };
}

/** What a client would otherwise have to ask for at once. */
export interface Snapshot {
  readonly presence: readonly Presence[];
  /** Empty until the first check has run. */
  readonly health: Health | Readonly<Record<string, never>>;
  readonly stateVersion: StateVersion;
  readonly uptimeMs: number;
  readonly sessionDefaults?: {
    readonly defaultAgentId: string;
    readonly mainKey: string;
    readonly mainSessionKey: string;
    readonly scope?: "per-sender" | "global";
  };
  /** The next three for admins only. */
  readonly configPath?: string;
  readonly stateDir?: string;
  readonly authMode?: "none" | "token" | "password" | "trusted-proxy";
}

/** One connected client as others see it. */
export interface Presence {
  /** Unix milliseconds of the last sign of life. */
  readonly ts: number;
  readonly host?: string;
  /** One of {@link CLIENT_IDS}. */
  readonly clientId?: string;
  /** Unix milliseconds since when it has been connected without a break. */
  readonly onlineSince?: number;
  readonly version?: string;
  readonly platform?: string;
  readonly mode?: string;
  readonly reason?: string;
  readonly deviceId?: string;
  readonly instanceId?: string;
  readonly roles?: readonly string[];
  readonly scopes?: readonly string[];
}
