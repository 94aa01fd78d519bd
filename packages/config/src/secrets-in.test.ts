import { expect, test } from "vitest";
import { secretsIn } from "./secrets-in.ts";
import { parseConfig } from "./validate.ts";

test("every secret is found as it was looked up, and nothing else", async () => {
  const text = JSON.stringify({
    gateway: { auth: { token: "a-gateway-token" } },
    models: {
      providers: {
        office: { baseUrl: "https://models.example", apiKey: "${OFFICE_KEY}", headers: { "x-team": "blue" } },
      },
    },
    agents: { defaults: { model: "office/large" } },
    sandbox: {
      secretFiles: { "deploy.pem": "a-file" },
      network: { bindings: { hub: { host: "a.test", secret: "bound" } } },
    },
  });
  const config = await parseConfig(text, { env: { OFFICE_KEY: "a-model-key" } });
  expect([...secretsIn(config)].sort()).toEqual(["a-file", "a-gateway-token", "a-model-key", "blue", "bound"]);
});
