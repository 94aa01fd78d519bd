import type { Cost, PriceList, UsageRow } from "@claw/core";
import type { ModelDeclaration, ProviderOptions } from "./options.ts";

/** Version and day of publication of the prices that are bundled; both change with the dependency. */
export const PRICES = { package: "@pydantic/genai-prices", version: "0.1.8", date: "2026-09-23" } as const;

const MILLION = 1_000_000;

/** The prices of a configuration before those that are bundled, which are loaded with this call: they take a megabyte. */
export async function loadPrices(providers: Readonly<Record<string, ProviderOptions>> = {}): Promise<PriceList> {
  const { calcPrice } = await import("@pydantic/genai-prices");

  function bundled({ model, day, steps, ...tokens }: UsageRow): Cost | undefined {
    const [providerId = "", id = ""] = split(model);
    // Some models cost more in a long context, which is a matter of one step, not of a day.
    const each = (count: number): number => count / Math.max(steps, 1);
    const input = Math.max(tokens.inputTokens, tokens.cacheReadTokens + tokens.cacheWriteTokens);
    const usage = {
      input_tokens: each(input),
      output_tokens: each(tokens.outputTokens),
      cache_read_tokens: each(tokens.cacheReadTokens),
      cache_write_tokens: each(tokens.cacheWriteTokens),
    };
    const price = calcPrice(usage, id, { providerId, timestamp: new Date(day) });
    if (price === null) return undefined;
    return { input: price.input_price * steps, output: price.output_price * steps, total: price.total_price * steps };
  }

  return {
    date: PRICES.date,
    source: `${PRICES.package} ${PRICES.version}, and models.providers of the configuration`,
    costOf(row) {
      const [provider = "", id] = split(row.model);
      if (provider === "demo") return { input: 0, output: 0, total: 0 };
      const declared = providers[provider];
      const own = declared?.models?.find((model) => model.id === id)?.cost;
      if (own !== undefined) return declaredCost(own, row);
      // What stands at an address of one's own may have the name of a model that costs something elsewhere.
      return declared?.baseUrl === undefined ? bundled(row) : undefined;
    },
  };
}

function declaredCost(prices: NonNullable<ModelDeclaration["cost"]>, row: UsageRow): Cost {
  const { cacheRead = prices.input, cacheWrite = prices.input } = prices;
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = row;
  const fresh = Math.max(0, inputTokens - cacheReadTokens - cacheWriteTokens);
  const input = (fresh * prices.input + cacheReadTokens * cacheRead + cacheWriteTokens * cacheWrite) / MILLION;
  const output = (outputTokens * prices.output) / MILLION;
  return { input, output, total: input + output };
}

function split(ref: string): readonly [provider: string, model: string] {
  const slash = ref.indexOf("/");
  return [ref.slice(0, Math.max(slash, 0)), ref.slice(slash + 1)];
}
