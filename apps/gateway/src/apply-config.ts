import type { Config, ConfigPath } from "@claw/config";
import type { HotOptions } from "@claw/gateway";
import type { ConfigIssue } from "@claw/protocol";
import { type HotSite, sections } from "./hot-sections.ts";

/** The hot parts of a gateway that its start has not made already. Rejects with the first that can't be built. */
export async function buildSections(config: Config, site: HotSite): Promise<HotOptions> {
  let parts: Partial<HotOptions> = {};
  for (const section of sections.filter(({ later }) => !later))
    parts = { ...parts, ...(await section.build(config, site)) };
  if (parts.agents === undefined) throw new TypeError("a section builds the agents");
  return { ...parts, agents: parts.agents };
}

export interface Rebuilt {
  readonly parts: Partial<HotOptions>;
  /** Sections that stay as they were, and why. */
  readonly issues: readonly ConfigIssue[];
}

/** The parts that a change concerns. Never rejects. */
export async function rebuildSections(config: Config, changed: readonly ConfigPath[], site: HotSite): Promise<Rebuilt> {
  let parts: Partial<HotOptions> = {};
  const issues: ConfigIssue[] = [];
  for (const { name, keys, build } of sections) {
    if (!changed.some((path) => keys.some((key) => touches(path, key)))) continue;
    try {
      parts = { ...parts, ...(await build(config, site)) };
    } catch (error) {
      issues.push({ path: name, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return { parts, issues };
}

/** Whether one of the two is the other, or around it. */
function touches(path: ConfigPath, key: string): boolean {
  const parts = key.split(".").slice(0, path.length);
  return parts.every((part, index) => part === String(path[index]));
}
