import type { Channel } from "@claw/core";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import type { Authenticate } from "../auth.ts";
import type { AuthLimiter } from "../auth-limiter.ts";
import type { SourceOf } from "../forwarded.ts";
import type { OriginRules } from "../origin.ts";
import type { AnswerMessageOptions } from "./answer-message.ts";
import { requirePrincipal, requireScope } from "./authorise.ts";
import { chatCompletions } from "./chat-completions.ts";
import { embeddings } from "./embeddings.ts";
import { apiError } from "./errors.ts";
import { refuseQueryCredentials, requireKnownSource } from "./guard.ts";
import { listModels } from "./models.ts";
import { openApi } from "./openapi.ts";
import { responses } from "./responses.ts";
import { type ToolsInvokeOptions, toolsInvoke } from "./tools-invoke.ts";

export interface HttpOptions extends AnswerMessageOptions, ToolsInvokeOptions {
  readonly channels: readonly Channel[];
  readonly authenticate: Authenticate;
  readonly limitAuth: AuthLimiter;
  readonly origins: OriginRules;
  readonly sourceOf: SourceOf;
  readonly ready: () => boolean;
  readonly metrics: (() => Promise<string>) | undefined;
}

/** Answers are data: nothing in them runs, is framed or guessed to be something else. */
const NO_PAGE: Parameters<typeof secureHeaders>[0] = {
  contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  xFrameOptions: "DENY",
  referrerPolicy: "no-referrer",
  // The server knows when it may promise this.
  strictTransportSecurity: false,
};

const MEGABYTE = 1024 * 1024;

/** The HTTP side of a gateway; its environment is a `RequestSource`. */
export function createHttp(options: HttpOptions): Hono {
  const { channels, authenticate, limitAuth, origins, sourceOf, ready, metrics, clock, version, log } = options;
  const startedMs = clock.monotonicMs();
  const app = new Hono();
  app.use(refuseQueryCredentials);

  for (const path of ["/health", "/healthz"]) app.get(path, (context) => context.json({ ok: true, status: "live" }));
  for (const path of ["/ready", "/readyz"]) {
    app.get(path, (context) => {
      const failing = ready() ? [] : ["gateway"];
      const uptimeMs = Math.round(clock.monotonicMs() - startedMs);
      return context.json({ ready: failing.length === 0, failing, uptimeMs }, failing.length === 0 ? 200 : 503);
    });
  }

  for (const channel of channels) {
    if (channel.webhook === undefined) continue;
    app.all(`/channels/${channel.name}`, (context) => channel.webhook?.(context.req.raw) ?? context.notFound());
  }

  // What comes before has its own way to tell who calls, or tells nothing.
  app.use(secureHeaders(NO_PAGE));
  app.use(requireKnownSource(sourceOf, origins));

  let document: ReturnType<typeof openApi> | undefined;
  app.get("/openapi.json", (context) => {
    document ??= openApi(version);
    return context.json(document);
  });

  for (const [path, maxMegabytes] of [
    ["/v1/*", 20],
    ["/tools/*", 2],
  ] as const) {
    app.use(path, requirePrincipal(authenticate, limitAuth));
    const tooLarge = () => apiError(413, `the body is larger than ${maxMegabytes} MB`, "too_large");
    app.use(path, bodyLimit({ maxSize: maxMegabytes * MEGABYTE, onError: tooLarge }));
  }
  app.get("/metrics", requirePrincipal(authenticate, limitAuth), requireScope("read"), async (context) => {
    if (metrics === undefined) return context.notFound();
    return context.text(await metrics(), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
  });
  app.get("/v1/models", requireScope("read"), listModels(options));
  app.get("/v1/models/:id{.+}", requireScope("read"), listModels(options));
  app.post("/v1/chat/completions", requireScope("write"), chatCompletions(options));
  app.post("/v1/responses", requireScope("write"), responses(options));
  app.post("/v1/embeddings", requireScope("write"), embeddings(options));
  app.post("/tools/invoke", requireScope("write"), toolsInvoke(options));

  app.notFound((context) => apiError(404, `there is nothing at ${context.req.path.slice(0, 200)}`, "not_found"));
  app.onError((error) => {
    if (error instanceof HTTPException) return error.getResponse();
    log.error("a request failed", { error: error.message });
    return apiError(500, "internal error; the gateway's log has more", "server_error");
  });
  return app;
}
