import * as z from "zod";
import { checkAgreement } from "./agreement.ts";
import { contextFields } from "./context-schema.ts";
import { diagnosticsSchema } from "./diagnostics-schema.ts";
import { elevatedSchema, execSchema } from "./exec-schema.ts";
import { agentId, modelChoice, modelRef, type SecretResolver, secretField, toolProfile, toolRules } from "./fields.ts";
import { gatewaySchema } from "./gateway-schema.ts";
import { agentToAgent, limits, messagesSchema } from "./messages-schema.ts";
import { agentPeople, rolesSchema, usersSchema } from "./people-schema.ts";
import { sandboxOverrideSchema, sandboxSchema } from "./sandbox-schema.ts";
import { secretsSchema } from "./secrets-schema.ts";
import { bindingsSchema, broadcastSchema, sessionSchema } from "./session-schema.ts";

/** The whole file. Built on demand: it costs some milliseconds. */
export function buildSchema(resolve: SecretResolver) {
  return z
    .strictObject({
      $schema: z.string().exactOptional().describe("Address of the JSON Schema, for editors. Has no effect."),
      gateway: gatewaySchema(resolve).prefault({}).describe("The server: where it listens and who may connect."),
      agents: agents(resolve).prefault({}).describe("Who answers."),
      models: models(resolve).prefault({}).describe("Model providers and which model does what."),
      sandbox: sandboxSchema(resolve)
        .prefault({})
        .describe(
          "How commands are isolated, for all agents; agents.defaults.sandbox and agents.list[].sandbox narrow it.",
        ),
      tools: z
        .strictObject({
          profile: toolProfile
            .default("coding")
            .describe("Set of tools to start from: minimal, coding, messaging or full (every tool)."),
          ...toolRules,
          exec: execSchema().prefault({}).describe("Commands on the host, where sandbox.host allows any."),
          elevated: elevatedSchema()
            .prefault({})
            .describe("Who may let the commands of a session leave its sandbox, with /elevated."),
          agentToAgent: agentToAgent.prefault({}).describe("Whether agents may write to each other's sessions."),
        })
        .prefault({})
        .describe("Which tools any agent may use."),
      session: sessionSchema().prefault({}).describe("How conversations become sessions, and when these start over."),
      bindings: bindingsSchema().describe("Which agent answers where; the most specific match wins."),
      broadcast: broadcastSchema()
        .prefault({})
        .describe(
          "Groups, named <channel>:<peer>, that several agents answer, before any binding; strategy is parallel or sequential, where each agent begins when the one before it has ended.",
        ),
      limits: limits.prefault({}).describe("Shares of agents.defaults.maxConcurrent, so that nobody takes all of it."),
      messages: messagesSchema().prefault({}).describe("How messages are taken in."),
      users: usersSchema(resolve).describe("Who shares the gateway, by id; its own secret stays its owner's."),
      roles: rolesSchema.describe("Roles of one's own, besides owner, admin, operator, member and viewer."),
      secrets: secretsSchema.prefault({}).describe("Where secrets that are not in this file are kept."),
      channels: z.strictObject({}).prefault({}).describe("Chat platforms, by channel id. None is installed."),
      diagnostics: diagnosticsSchema(resolve).prefault({}).describe("What other programs are told of the gateway."),
      logging: z
        .strictObject({
          level: z.enum(["silent", "error", "warn", "info", "debug"]).default("info").describe("Least level logged."),
          file: z.string().min(1).exactOptional().describe("Log file; logs/ in the state directory when absent."),
        })
        .prefault({})
        .describe("What is logged, and where."),
    })
    .check(checkAgreement);
}

function agents(resolve: SecretResolver) {
  const defaults = z.strictObject({
    model: modelChoice
      .exactOptional()
      .describe('Model of agents that name none: "provider/model" or { primary, fallbacks }.'),
    workspace: z
      .string()
      .min(1)
      .exactOptional()
      .describe("Directory the agents work in; workspace/ in the state directory when absent."),
    sandbox: sandboxOverrideSchema(resolve)
      .exactOptional()
      .describe("Changes to the top-level sandbox for all agents."),
    timeoutSeconds: z
      .number()
      .int()
      .positive()
      .max(604_800)
      .default(3600)
      .describe("Longest run of one turn, in seconds."),
    ...contextFields,
    maxSteps: z.number().int().positive().max(10_000).default(50).describe("Most model steps in one turn."),
    maxRecoveries: z
      .number()
      .int()
      .nonnegative()
      .max(1000)
      .default(3)
      .describe("Times a turn that a crash cut off is begun again before it is given up."),
    maxConcurrent: z
      .number()
      .int()
      .positive()
      .max(1024)
      .default(64)
      .describe(
        "Most turns at once, over all sessions. One that is silent for two seconds, waiting for a model or a tool, does not count until it moves.",
      ),
  });
  const fields = {
    name: z.string().min(1).max(200).exactOptional().describe("Name for people."),
    description: z.string().max(1000).exactOptional().describe("One line for people."),
    default: z
      .boolean()
      .exactOptional()
      .describe("Answers when nothing names an agent. Without it the built-in default does."),
    model: modelRef.exactOptional().describe('The one model it uses, as "provider/model", without fallbacks.'),
    role: z
      .enum(["planner", "coder", "fast", "vision"])
      .exactOptional()
      .describe("Takes its model and fallbacks from models.routing.<role>; model wins over it."),
    systemPrompt: z.string().max(100_000).exactOptional().describe("Instructions put before the workspace files."),
    tools: z
      .strictObject({ profile: toolProfile.exactOptional().describe("Narrower set to start from."), ...toolRules })
      .exactOptional()
      .describe("Narrows the top-level tools for this agent."),
    workspace: z.string().min(1).exactOptional().describe("Replaces agents.defaults.workspace."),
    sandbox: sandboxOverrideSchema(resolve)
      .exactOptional()
      .describe("Changes to agents.defaults.sandbox for this agent."),
    ...agentPeople,
  };
  const agent = z.strictObject({
    id: agentId.describe("Unique id, part of every session key: a-z, 0-9, _ and -."),
    ...fields,
  });
  return z.strictObject({
    ownership: z
      .literal("explicit")
      .exactOptional()
      .describe("explicit: a chat message that no binding matches is for nobody, not for the default agent."),
    defaults: defaults.prefault({}).describe("What holds for every agent that says nothing else."),
    list: z
      .array(agent)
      .max(256)
      .default([])
      .describe("Agents to add, or to change: default, coder and researcher are built in."),
    entries: z
      .record(agentId, z.strictObject(fields))
      .default({})
      .describe("The same by id instead of in a list; an agent stands in one of the two."),
  });
}

const price = z.number().min(0).max(100_000);

function models(resolve: SecretResolver) {
  const model = z.strictObject({
    id: z.string().min(1).max(200).describe("Id as the provider knows it."),
    name: z.string().min(1).max(200).exactOptional().describe("Name for people."),
    contextWindow: z.number().int().positive().exactOptional().describe("Tokens the model can read."),
    maxTokens: z.number().int().positive().exactOptional().describe("Most tokens in one answer."),
    input: z
      .array(z.enum(["text", "image"]))
      .exactOptional()
      .describe("What it can read."),
    cost: z
      .strictObject({
        input: price.describe("Tokens read."),
        output: price.describe("Tokens written."),
        cacheRead: price.exactOptional().describe("Tokens read from a cache; input when absent."),
        cacheWrite: price.exactOptional().describe("Tokens written into a cache; input when absent."),
      })
      .exactOptional()
      .describe("US dollars for a million tokens; comes before the prices that are built in."),
  });
  const provider = z.strictObject({
    baseUrl: z
      .url({ protocol: /^https?$/, error: "an http or https URL" })
      .exactOptional()
      .describe("Base URL of the API, for a provider that is not built in or is reached another way."),
    apiKey: secretField(resolve, "Key of the API.").exactOptional(),
    api: z
      .enum(["openai-completions", "openai-responses", "anthropic-messages", "google-generative-ai", "ollama"])
      .exactOptional()
      .describe("Protocol it speaks; openai-completions for a baseUrl of its own."),
    headers: z
      .record(
        z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, "the name of an HTTP header"),
        secretField(resolve, "Value of the header."),
      )
      .exactOptional()
      .describe("HTTP headers sent with every request."),
    timeoutSeconds: z
      .number()
      .int()
      .positive()
      .max(86_400)
      .exactOptional()
      .describe("Longest wait between two parts of an answer."),
    models: z.array(model).max(1024).exactOptional().describe("Models it offers, for a provider that is not built in."),
  });
  const providerId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "a provider id: a-z, 0-9, . _ and -");
  return z.strictObject({
    providers: z.record(providerId, provider).default({}).describe("Providers by id, like openai or my-local-server."),
    routing: z
      .strictObject({
        planner: modelChoice.exactOptional().describe("Thinks a task through."),
        coder: modelChoice.exactOptional().describe("Writes code."),
        fast: modelChoice.exactOptional().describe("Short work: titles, summaries."),
        vision: modelChoice.exactOptional().describe("Looks at images."),
      })
      .prefault({})
      .describe("Which model plays which role; a role without one uses agents.defaults.model."),
  });
}
