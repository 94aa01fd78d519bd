import assert from "node:assert/strict";
import { output, type SandboxCase } from "./case.ts";

const VALUE = "a value\nwith two lines, $HOME and 'quotes'";

export const secretCases: readonly SandboxCase[] = [
  {
    name: "secrets are files in memory that a model is told of by name, and another sandbox has none",
    spec: () => ({ secrets: { "api.key": VALUE, other: "short" } }),
    async run({ sandbox, acquire }) {
      assert.equal(await output(sandbox, "cat /run/secrets/api.key"), VALUE);
      assert.equal(await output(sandbox, "cat /run/secrets/other"), "short");
      assert.match(sandbox.description, /api\.key, other in \/run\/secrets/);
      assert.ok(!sandbox.description.includes("short"));
      assert.equal(await output(sandbox, "env | grep -c short || true"), "0\n");
      const without = await acquire();
      assert.equal(await output(without.sandbox, "cat /run/secrets/other 2>/dev/null || echo none"), "none\n");
    },
  },
];
