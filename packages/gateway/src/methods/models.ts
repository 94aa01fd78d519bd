import { ClawError, type Clock, type ModelSource } from "@claw/core";
import type { ModelRow, ModelsProbe, ProviderAuth } from "@claw/protocol";
import { itemsUntil } from "../give-up.ts";
import type { Handlers, MethodDeps } from "./context.ts";
import { modelOfRole } from "./model-of-role.ts";

const DEFAULT_PROBE_MS = 30_000;
const PROBE_TOKENS = 16;

const VERDICTS: Readonly<Record<string, ModelsProbe["status"]>> = {
  MODEL_AUTH: "auth",
  MODEL_RATE_LIMITED: "rate_limit",
  MODEL_TIMEOUT: "timeout",
  MODEL_UNAVAILABLE: "unavailable",
  MODEL_UNKNOWN: "unknown_model",
};

const AUTH: Readonly<Record<string, Pick<ProviderAuth, "status" | "source">>> = {
  configured: { status: "static", source: "config" },
  environment: { status: "static", source: "environment" },
  "not-needed": { status: "ok", source: "none" },
};

/** Methods about models; a gateway without models has none of them. */
export function modelMethods({
  models,
  clock,
}: MethodDeps): Pick<Handlers, `models.${"list" | "authStatus" | "probe"}`> {
  return {
    "models.list":
      models &&
      (async ({ provider: wanted }) => {
        return { models: modelRows(models).filter(({ provider }) => wanted === undefined || provider === wanted) };
      }),

    "models.authStatus":
      models?.providers &&
      (async () => ({
        ts: clock.now().getTime(),
        providers: (models.providers?.() ?? []).map(({ id, name, credential, setting }) => ({
          provider: id,
          displayName: name,
          ...(AUTH[credential] ?? { status: "missing", source: "none" }),
          setting,
        })),
      })),

    "models.probe":
      models &&
      (async ({ model = "default", timeoutMs = DEFAULT_PROBE_MS }) => {
        const ref = modelOfRole(models, model) ?? model;
        const beganMs = clock.monotonicMs();
        const verdict = await probe(models, ref, clock, timeoutMs);
        return { model: ref, ...verdict, latencyMs: Math.round(clock.monotonicMs() - beganMs) };
      }),
  };
}

/** One tiny completion; a model that has to be asked again counts as failed with the reason for that. */
async function probe(
  models: ModelSource,
  ref: string,
  clock: Clock,
  timeoutMs: number,
): Promise<Pick<ModelsProbe, "ok" | "status" | "error">> {
  const controller = new AbortController();
  const cancel = clock.after(timeoutMs, () => controller.abort());
  const { signal } = controller;
  try {
    const model = await models.resolve(ref);
    const messages = [{ role: "user", text: "Answer with: ok" }] as const;
    const events = model.stream({ system: "", messages, tools: [], signal, maxOutputTokens: PROBE_TOKENS });
    for await (const event of itemsUntil(events, signal)) {
      if (event.type === "retry") return { ok: false, status: "unavailable", error: event.reason };
      if (event.type !== "model-end") continue;
      if (event.error !== undefined) throw event.error;
      if (event.stop !== "aborted") return { ok: true, status: "ok" };
    }
    return { ok: false, status: "timeout", error: `${ref} did not answer within ${timeoutMs} ms` };
  } catch (error) {
    const { code, message } = ClawError.from(error, "MODEL_FAILED");
    return { ok: false, status: VERDICTS[code] ?? "failed", error: message };
  } finally {
    cancel();
    controller.abort();
  }
}

/** The models as clients list them. */
export function modelRows(models: ModelSource): readonly ModelRow[] {
  return models.list().map(({ ref, name, provider, contextWindow, available, roles }) => ({
    id: ref.slice(ref.indexOf("/") + 1),
    name,
    provider,
    ...(contextWindow === undefined ? {} : { contextWindow }),
    available,
    tags: roles,
  }));
}
