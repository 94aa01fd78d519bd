import * as z from "zod";
import { type SecretResolver, secretField } from "./fields.ts";

const HOST = /^(?:\*|(?:\*\.)?[^\s/\\?#@%:[\]*]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;
const HOST_EXPECTED = 'a host like "api.example.org", "*.example.org", "example.org:8443" or "*"';

/** As `api.example.org`, `*.example.org` or `example.org:8443`. */
export const host = z.string().max(300).regex(HOST, HOST_EXPECTED);
const ports = z.array(z.number().int().min(1).max(65_535)).min(1).max(64);
const methods = z
  .array(z.string().regex(/^[A-Za-z]{1,32}$/, "a method like GET"))
  .min(1)
  .max(32);
const PRIVATE = "Also when it stands in a private network.";

const rule = z.union(
  [
    z.strictObject({
      host: host.describe("As the text form."),
      ports: ports.exactOptional().describe("80 and 443 when absent; for deny, all."),
      methods: methods.exactOptional().describe("HTTP methods. Such a rule allows no https, which hides them."),
      private: z.boolean().exactOptional().describe(PRIVATE),
    }),
    host,
  ],
  `${HOST_EXPECTED}, or { host, ports, methods, private }`,
);

function binding(resolve: SecretResolver) {
  return z.strictObject({
    host: host.describe("Who is called, over https."),
    secret: secretField(resolve, "The credential, which stays in the gateway."),
    header: z
      .string()
      .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, "the name of an HTTP header")
      .exactOptional()
      .describe("Header that carries it; Authorization when absent."),
    scheme: z.string().max(64).exactOptional().describe("Word before it; Bearer in Authorization, none elsewhere."),
    username: z.string().min(1).max(256).exactOptional().describe("Sends it as the password of this user (Basic)."),
    methods: methods.exactOptional().describe("Methods that may be called; all when absent."),
    paths: z
      .array(z.string().startsWith("/", "a path that begins with /").max(1024))
      .min(1)
      .max(256)
      .exactOptional()
      .describe("Paths that may be called, exact or with * at the end; all when absent."),
    private: z.boolean().exactOptional().describe(PRIVATE),
  });
}

/** What a sandbox reaches of the network. */
export function networkField(resolve: SecretResolver) {
  const rules = z.strictObject({
    allow: z.array(rule).max(1024).default([]).describe("Hosts that may be reached, on ports 80 and 443."),
    deny: z.array(rule).max(1024).default([]).describe("Hosts that may not, whatever allows them."),
    ask: z
      .boolean()
      .default(false)
      .describe("Ask a person about hosts that no rule speaks of, instead of refusing them."),
    bindings: z
      .record(z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "a name of a-z, 0-9 and -"), binding(resolve))
      .default({})
      .describe("Credentials that the sandbox uses without having them: NAME is called as http://NAME.broker/."),
  });
  return z.union([rules, z.literal("none")], '"none", or { allow, deny, ask, bindings }');
}
