/** The text of the file that a first start writes: every line that a new owner is likely to change, explained. */
export function initialConfig({ token }: { readonly token: string }): string {
  return `// Claw's configuration. JSON5: comments, unquoted keys and trailing commas are fine.
// Every key is listed by "claw config schema"; a key that does not exist stops the start.
{
  gateway: {
    port: 18789,
    // loopback: this machine only. lan: every interface. custom: customBindHost.
    bind: "loopback",
    auth: {
      mode: "token",
      // What clients must know. Keep it like a password.
      token: ${JSON.stringify(token)},
    },
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
