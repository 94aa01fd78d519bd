import * as z from "zod";
import { type SecretResolver, secretField } from "./fields.ts";

/** A name as HTTP allows it, in lower case. */
const headerName = z
  .string()
  .regex(/^[a-zA-Z0-9-]{1,64}$/, "the name of a header, like x-forwarded-user")
  .transform((name) => name.toLowerCase());
const user = z.string().min(1).max(256);
const duration = z.number().int().min(1_000).max(86_400_000);

/** How clients prove themselves, and what happens to those who can't. */
export function gatewayAuthSchema(resolve: SecretResolver) {
  return z.strictObject({
    mode: z
      .enum(["token", "password", "trusted-proxy", "none"])
      .default("token")
      .describe("How clients prove themselves. none is only possible on loopback."),
    token: secretField(
      resolve,
      "Shared token, with mode: token. Without one Claw makes its own and keeps it in gateway/token.json of the state directory.",
    ).exactOptional(),
    password: secretField(
      resolve,
      'Shared password, with mode: password; or its hash, as "claw token hash" prints it.',
    ).exactOptional(),
    rotateEveryHours: z
      .number()
      .positive()
      .max(8_760)
      .exactOptional()
      .describe("Make a new token this often, where Claw made the one before. Never when absent."),
    rotateOverlapMinutes: z
      .number()
      .min(0)
      .max(10_080)
      .default(10)
      .describe("How long the token before still works after a rotation on schedule."),
    rateLimit: z
      .strictObject({
        maxAttempts: z.number().int().min(1).max(1_000).default(10).describe("Wrong credentials before the lockout."),
        windowMs: duration.default(60_000).describe("Within this time, in milliseconds."),
        lockoutMs: duration.default(300_000).describe("How long the address is refused then, in milliseconds."),
      })
      .prefault({})
      .describe("When an address that shows wrong credentials is locked out. A restart forgets nothing."),
    trustedProxy: z
      .strictObject({
        userHeader: headerName.describe("Header in which the proxy says who its user is, like x-forwarded-user."),
        requiredHeaders: z
          .array(headerName)
          .max(16)
          .default([])
          .describe("Headers without which the proxy's word does not count."),
        allowUsers: z
          .array(user)
          .min(1)
          .max(1_000)
          .describe("Users who may come in, as the proxy names them. * is everyone whom the proxy lets through."),
        ownerUsers: z
          .array(user)
          .max(1_000)
          .default([])
          .describe("Which of them are the owner. The others have sessions of their own and change no settings."),
        allowLoopback: z
          .boolean()
          .default(false)
          .describe("Believe a proxy on this machine. Every program here could then speak for every user."),
      })
      .exactOptional()
      .describe("What to believe of a proxy that signs users in, with mode: trusted-proxy."),
    allowTailscale: z
      .union([z.boolean(), z.array(user).min(1).max(1_000)], "true, false or a list of logins")
      .default(false)
      .describe(
        "Let users of the tailnet in as the owner who come through Tailscale Serve on this machine: true for all, or a list of logins.",
      ),
  });
}
