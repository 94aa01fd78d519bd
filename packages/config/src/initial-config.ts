import { SCHEMA_BESIDE } from "./schema-file.ts";

/** The text of the file that a first start writes: every line that a new owner is likely to change, explained. */
export function initialConfig(): string {
  return `// Claw's configuration. JSON5: comments, unquoted keys and trailing commas are fine.
// Every key is listed by "claw config schema"; a key that does not exist is a mistake, and "claw config validate" shows it.
{
  // Editors read it and know every key. Claw writes the file beside this one.
  $schema: "${SCHEMA_BESIDE}",

  gateway: {
    port: 18789,
    // loopback: this machine only. lan: every interface. tailnet: its Tailscale address. All but loopback need TLS.
    bind: "loopback",
    // Clients need the token that Claw made: "claw token show" prints it, "claw token rotate" makes another.
    auth: { mode: "token" },
    // tls: { enabled: true },
  },

  agents: {
    defaults: {
      // "provider/model". Without one, an offline demo answers.
      // model: "anthropic/claude-sonnet-5",
    },
    // default, coder and researcher are built in; add your own, or change one by its id.
    // list: [{ id: "writer", systemPrompt: "You write." }],
  },

  models: {
    providers: {
      // A key from the environment never stands in this file.
      // anthropic: { apiKey: "\${ANTHROPIC_API_KEY}" },
    },
  },

  // Commands run isolated and without a network. auto takes the best that works here: docker, bwrap or virtual.
  sandbox: { backend: "auto" },
}
`;
}
