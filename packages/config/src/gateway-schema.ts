import { isIP } from "node:net";
import * as z from "zod";
import { names, type SecretResolver } from "./fields.ts";
import { gatewayAuthSchema } from "./gateway-auth-schema.ts";

const path = z.string().min(1).max(4_096);

export function gatewaySchema(resolve: SecretResolver) {
  return z.strictObject({
    port: z
      .number()
      .int()
      .min(0)
      .max(65_535)
      .default(18_789)
      .describe("TCP port for WebSocket and HTTP; 0 takes a free one."),
    bind: z
      .enum(["loopback", "lan", "tailnet", "custom"])
      .default("loopback")
      .describe(
        "Who can reach it: loopback (this machine), lan (every interface), tailnet (this machine's Tailscale address), custom (customBindHost).",
      ),
    customBindHost: z
      .string()
      .refine((host) => isIP(host) !== 0, "an IP address")
      .exactOptional()
      .describe("IP address to listen on, with bind: custom."),
    allowedHosts: z
      .array(z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, "a host name in lower case, without a port"))
      .max(64)
      .default([])
      .describe(
        "Names, beside localhost, under which this gateway is meant to be reached, each like claw.example.com.",
      ),
    trustedProxies: z
      .array(z.string().refine(isAddressRange, "an IP address, or a range like 10.0.0.0/8"))
      .max(64)
      .default([])
      .describe("Proxies whose forwarding headers are believed: IP addresses, or ranges like 10.0.0.0/8."),
    auth: gatewayAuthSchema(resolve).prefault({}).describe("How clients prove themselves."),
    tls: z
      .strictObject({
        enabled: z.boolean().default(false).describe("Serve https and wss instead of http and ws, on the same port."),
        certPath: path.exactOptional().describe("Certificate with its chain, in PEM. Needs keyPath."),
        keyPath: path.exactOptional().describe("Private key of the certificate, in PEM."),
        autoGenerate: z
          .boolean()
          .default(true)
          .describe("Without certPath, make a self-signed certificate and renew it before it expires."),
      })
      .prefault({})
      .describe("Encryption. Files that change are read again while the gateway runs."),
    reload: z
      .strictObject({
        mode: z
          .enum(["hybrid", "off"])
          .default("hybrid")
          .describe("hybrid: a running gateway takes changes of this file on. off: they wait for the next start."),
      })
      .prefault({})
      .describe("Changes of this file while the gateway runs."),
    tools: z
      .strictObject({
        allow: names
          .default([])
          .describe("Tools that POST /tools/invoke may run although they are refused there by default, like exec."),
        deny: names.default([]).describe("Further tools that POST /tools/invoke refuses. Deny wins over allow."),
      })
      .prefault({})
      .describe("Which tools can be run over HTTP without an agent; names, * wildcards or groups like group:fs."),
    controlUi: z
      .strictObject({
        enabled: z.boolean().default(true).describe("Serve the Control UI."),
        allowedOrigins: z
          .array(z.string().refine(isOrigin, 'an origin like "https://claw.example.com", without a path'))
          .max(64)
          .default([])
          .describe("Further web origins that may connect, each like https://claw.example.com."),
      })
      .prefault({})
      .describe("The web interface."),
  });
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text;
}

function isAddressRange(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const family = isIP(address);
  return (
    family !== 0 &&
    rest.length === 0 &&
    (bits === undefined || /^\d{1,3}$/.test(bits)) &&
    Number(bits ?? 0) <= (family === 4 ? 32 : 128)
  );
}
