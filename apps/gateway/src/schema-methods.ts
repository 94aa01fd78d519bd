import { configJsonSchema, lookUpSchema, parseConfigPath } from "@claw/config";
import { ClawError } from "@claw/core";
import type { ConfigFile } from "@claw/gateway";

/** What can be asked about the schema of the configuration. */
export function schemaMethods(version: string): Pick<ConfigFile, "schema" | "lookUp"> {
  return {
    async schema() {
      return { schema: await configJsonSchema(), uiHints: {}, version, generatedAt: new Date().toISOString() };
    },
    async lookUp(path) {
      try {
        // Stock clients name the root with a dot.
        return await lookUpSchema(path === "." ? [] : parseConfigPath(path));
      } catch (error) {
        if (ClawError.is(error, "CONFIG_PATH")) return undefined;
        throw error;
      }
    },
  };
}
