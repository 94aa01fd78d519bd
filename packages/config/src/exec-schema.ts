import * as z from "zod";

/** Commands on the host, and who may leave the sandbox: they count where `sandbox.host.enabled` does. */
export function execSchema() {
  return z
    .strictObject({
      security: z
        .enum(["deny", "allowlist", "full"])
        .default("full")
        .describe("Commands on the host. deny: none. allowlist, full: those listed, and others as ask says."),
      ask: z
        .enum(["off", "on-miss", "always"])
        .default("always")
        .describe(
          "About which of them a person is asked: always; on-miss: what is not listed; off: nothing, and what is not listed is denied.",
        ),
      allowlist: z
        .array(z.string().min(1).max(10_000))
        .max(1_000)
        .default([])
        .describe("Commands on the host, letter for letter, that run unasked unless ask is always."),
    })
    .refine(({ security, ask }) => security !== "full" || ask !== "off", {
      path: ["ask"],
      error:
        'something else than off: without a question "full" would allow nothing that is not listed; set security to "allowlist"',
    });
}

export function elevatedSchema() {
  return z.strictObject({
    enabled: z.boolean().default(false).describe("Whether anybody may."),
    allowFrom: z
      .array(z.string().min(1).max(128))
      .max(256)
      .default([])
      .describe("Who may: ids of users, and owner for the gateway's own secret."),
  });
}
