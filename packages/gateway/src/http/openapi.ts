import { QUEUE_MODES } from "@claw/core";
import { z } from "zod";
import { QUEUE_HEADER } from "./answer-message.ts";
import { chatRequest } from "./chat-request.ts";
import { embeddingsRequest } from "./embeddings.ts";
import { invokeRequest } from "./invoke-request.ts";
import { responsesRequest } from "./responses-request.ts";

type Json = Readonly<Record<string, unknown>>;

const RUN_ID = {
  "x-run-id": {
    description: "Id of the run, to look it up in the journal; with every answer once there is a run.",
    schema: { type: "string" },
  },
};

const QUEUE_MODE = {
  name: QUEUE_HEADER,
  in: "header",
  description: "What becomes of the message while its session has a turn going on. Default: as the session is set.",
  schema: { enum: QUEUE_MODES },
};

const ANSWERED_BY = {
  "x-answered-by-run": {
    description: "Id of the run whose turn read the message, where that was another.",
    schema: { type: "string" },
  },
};

const json = (schema: Json) => ({ "application/json": { schema } });
const object = (properties: Json, required = Object.keys(properties)) => ({ type: "object", properties, required });
const constant = (value: unknown) => ({ const: value });
const list = (items: Json) => ({ type: "array", items });
const string = { type: "string" };
const errors = (...statuses: readonly (keyof typeof ERRORS)[]) =>
  Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/${ERRORS[status][0]}` }]));

const ERRORS = {
  400: ["Invalid", "The request can't be understood; the message names the place."],
  401: ["Unauthorized", "No credential, or a wrong one."],
  403: ["Refused", "By scope, origin or policy; the message names the rule."],
  404: ["NotFound", "There is no such model, tool or path; the message names those there are."],
  409: ["Conflict", "The run was aborted or interrupted, or the idempotency key was used for another call."],
  413: ["TooLarge", "The body is larger than allowed."],
  429: ["LockedOut", "Too many wrong credentials, or messages that wait. Come again after Retry-After."],
  500: ["Broken", "Something of the gateway's own; its log has more."],
  502: ["RunFailed", "The run failed. Sending it again would do again what the agent has done."],
  503: ["Unavailable", "The gateway is stopping, or can't write. Come again after Retry-After."],
} as const;

/** Statuses that a request may come to after its run began. */
const OF_A_RUN: ReadonlySet<string> = new Set(["403", "409", "500", "502", "503"]);

/** What every HTTP route takes and gives, as OpenAPI 3.1. Requests are described by the schemas that check them. */
export function openApi(version: string): Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "Claw gateway",
      version,
      description: "Every agent as an OpenAI-compatible model, and its tools one by one.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }],
    paths: {
      ...open("/health", "health", "It lives.", 200, HEALTH),
      ...open("/healthz", "healthz", "It lives.", 200, HEALTH),
      ...open("/ready", "ready", "It takes messages; 503 when it does not.", 200, READY, 503),
      ...open("/readyz", "readyz", "It takes messages; 503 when it does not.", 200, READY, 503),
      ...open("/openapi.json", "openapi", "This document.", 200, { type: "object" }),
      "/metrics": {
        get: {
          operationId: "metrics",
          summary: "Numbers of the whole gateway in Prometheus' text format.",
          responses: {
            200: { description: "Every metric.", content: { "text/plain": { schema: string } } },
            ...errors(401, 403, 404, 429),
          },
        },
      },
      "/v1/models": { get: operation("listModels", "Every agent as a model.", MODELS, errors(401, 403, 429)) },
      "/v1/models/{id}": {
        parameters: [{ name: "id", in: "path", required: true, schema: string }],
        get: operation("getModel", "One agent as a model.", MODEL, errors(401, 403, 404, 429)),
      },
      "/v1/chat/completions": {
        post: turn("createChatCompletion", "One turn of an agent, as OpenAI's chat completions.", chatRequest, {
          object: constant("chat.completion"),
        }),
      },
      "/v1/responses": {
        post: turn("createResponse", "One turn of an agent, as OpenAI's Responses.", responsesRequest, {
          object: constant("response"),
          output: list({ type: "object" }),
        }),
      },
      "/v1/embeddings": {
        post: {
          ...operation("createEmbeddings", "Vectors for texts, from the provider that the model names.", VECTORS, {
            ...errors(400, 401, 403, 404, 413, 429, 502),
          }),
          requestBody: { required: true, content: json(schemaOf(embeddingsRequest)) },
        },
      },
      "/tools/invoke": {
        post: {
          ...operation(
            "invokeTool",
            "Runs one tool of an agent without a model.",
            RESULT,
            errors(400, 401, 403, 404, 409, 413, 429, 500, 502, 503),
            RUN_ID,
          ),
          requestBody: { required: true, content: json(schemaOf(invokeRequest)) },
        },
      },
      "/channels/{name}": {
        parameters: [{ name: "name", in: "path", required: true, schema: string }],
        post: {
          operationId: "channelWebhook",
          summary: "The webhook of a channel that has one; the channel checks who calls.",
          security: [],
          responses: { default: { description: "As the platform expects it." } },
        },
      },
    },
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
      schemas: {
        Error: object({ error: object({ message: string, type: string, code: string }) }),
      },
      responses: Object.fromEntries(
        Object.entries(ERRORS).map(([status, [name, description]]) => [
          name,
          {
            description,
            ...(OF_A_RUN.has(status) ? { headers: RUN_ID } : {}),
            content: json({ $ref: "#/components/schemas/Error" }),
          },
        ]),
      ),
    },
  };
}

const HEALTH = object({ ok: constant(true), status: constant("live") });
const READY = object({ ready: { type: "boolean" }, failing: list(string), uptimeMs: { type: "integer" } });
const MODEL = object({ id: string, object: constant("model"), created: { type: "integer" }, owned_by: string });
const MODELS = object({ object: constant("list"), data: list(MODEL) });
const VECTORS = object({
  object: constant("list"),
  model: string,
  data: list(
    object({
      object: constant("embedding"),
      index: { type: "integer" },
      embedding: { anyOf: [list({ type: "number" }), string] },
    }),
  ),
  usage: object({ prompt_tokens: { type: "integer" }, total_tokens: { type: "integer" } }),
});
const RESULT = object({
  ok: { type: "boolean", description: "Whether the tool did what it was asked." },
  result: object({ output: string, details: { type: "object" } }, ["output"]),
});

function operation(operationId: string, summary: string, schema: Json, failures: Json, headers: Json = {}): Json {
  const answer = { description: summary, headers, content: json(schema) };
  return { operationId, summary, responses: { 200: answer, ...failures } };
}

/** One without a credential; every status it has carries the same body. */
function open(
  path: string,
  operationId: string,
  summary: string,
  ...[status, schema, ...more]: [number, Json, ...number[]]
) {
  const answer = { description: summary, content: json(schema) };
  const responses = Object.fromEntries([status, ...more].map((code) => [code, answer]));
  return { [path]: { get: { operationId, summary, security: [], responses } } };
}

function turn(operationId: string, summary: string, body: z.ZodType, properties: Json): Json {
  const stream = { "text/event-stream": { schema: string } };
  const whole = json(object({ id: string, model: string, ...properties }));
  return {
    operationId,
    summary,
    parameters: [QUEUE_MODE],
    requestBody: { required: true, content: json(schemaOf(body)) },
    responses: {
      200: {
        description: "The answer; a stream when asked for.",
        headers: { ...RUN_ID, ...ANSWERED_BY },
        content: { ...whole, ...stream },
      },
      ...errors(400, 401, 403, 404, 409, 413, 429, 500, 502, 503),
    },
  };
}

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return rest;
}
