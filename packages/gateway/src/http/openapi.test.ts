import { systemClock } from "@claw/core";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { startGateway } from "../gateway.fixture.ts";
import { createHttp, type HttpOptions } from "./app.ts";

async function document() {
  await using started = await startGateway();
  return (await started.gateway.fetch(new Request("http://127.0.0.1/openapi.json"))).json();
}

test("the document is valid OpenAPI 3.1 with the gateway's version, and needs no credential", async () => {
  const validator = new Validator();
  const openapi = await document();
  expect(await validator.validate(openapi)).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
  expect(openapi.info.version).toBe("1.2.3");
});

test("every route is described, and nothing else", async () => {
  const { paths } = await document();
  const channel = { name: "{name}", webhook: async () => new Response() };
  // Routes are only listed here, never called: no other part is needed.
  const options = { channels: [channel], agents: new Map(), clock: systemClock } as unknown as HttpOptions;
  const routes = createHttp(options).routes.filter(({ path }) => !path.endsWith("/*"));
  const served = routes.map(({ path }) => path.replace(":id{.+}", "{id}"));
  expect(Object.keys(paths).sort()).toEqual([...new Set(served)].sort());
});

test("the id of the run is described with every answer that may have one", async () => {
  const { paths, components } = await document();
  for (const path of ["/v1/chat/completions", "/v1/responses", "/tools/invoke"]) {
    const answers: Record<string, { $ref?: string; headers?: object }> = paths[path].post.responses;
    const named = Object.entries(answers).filter(
      ([, { $ref, headers = components.responses[refName($ref)]?.headers }]) =>
        Object.hasOwn(headers ?? {}, "x-run-id"),
    );
    expect(
      named.map(([status]) => status),
      path,
    ).toEqual(["200", "403", "409", "500", "502", "503"]);
  }
});

const refName = ($ref = ""): string => $ref.slice($ref.lastIndexOf("/") + 1);

test("what a request may hold is what checks it", async () => {
  const { paths } = await document();
  const bodyOf = (path: string) => paths[path].post.requestBody.content["application/json"].schema;
  expect(Object.keys(bodyOf("/v1/responses").properties)).toContain("previous_response_id");
  expect(bodyOf("/tools/invoke")).toMatchObject({
    additionalProperties: false,
    properties: { idempotencyKey: { maxLength: 256 } },
  });
});
