import { expect, test } from "vitest";
import { degradedSecrets } from "./degraded-secrets.ts";

const missing = (path: string) => ({ path, message: "the environment variable KEY is not set" });

test("secrets that are missing are told by whose they are, and other mistakes are not among them", () => {
  const problems = [
    missing("models.providers.openai.apiKey"),
    missing('models.providers.openai.headers["X-Key"]'),
    missing("users.ada.token"),
    missing("gateway.auth.token"),
    { path: "gateway.prot", message: "unknown key" },
    { path: "", message: "there is no such file" },
    { path: "__proto__", message: "unknown key" },
  ];
  expect(degradedSecrets(problems, "stale")).toMatchObject([
    {
      ownerKind: "provider",
      ownerId: "openai",
      degradationState: "stale",
      paths: ["models.providers.openai.apiKey", 'models.providers.openai.headers["X-Key"]'],
    },
    { ownerKind: "user", ownerId: "ada", reason: "the environment variable KEY is not set" },
    { ownerKind: "section", ownerId: "gateway.auth" },
  ]);
});
