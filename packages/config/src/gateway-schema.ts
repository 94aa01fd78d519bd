import { isIP } from "node:net";
import * as z from "zod";
import { names, type SecretResolver, secretField } from "./fields.ts";

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
      .enum(["loopback", "lan", "custom"])
      .default("loopback")
      .describe("Who can reach it: loopback (this machine), lan (every interface), custom (customBindHost)."),
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
    auth: z
      .strictObject({
        mode: z
          .enum(["token", "password", "none"])
          .default("token")
          .describe("How clients prove themselves. none is only possible on loopback."),
        token: secretField(resolve, "Shared token, with mode: token.").exactOptional(),
        password: secretField(resolve, "Shared password, with mode: password.").exactOptional(),
      })
      .prefault({})
      .describe("How clients prove themselves."),
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
