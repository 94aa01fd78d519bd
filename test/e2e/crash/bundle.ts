import { join } from "node:path";
import { build } from "tsup";
import { appBundle } from "../../../tsup.app.ts";

const root = join(import.meta.dirname, "../../..");

/** Bundles the gateway that crashes, beside an app that has the native parts. Returns its path. */
export async function bundleCrashingGateway(): Promise<string> {
  // Below node_modules, so that it is neither source nor product.
  const outDir = join(root, "apps/gateway/node_modules/.crashing-gateway");
  await build({
    ...appBundle({ gateway: join(import.meta.dirname, "gateway.script.ts") }),
    outDir,
    config: false,
    external: ["better-sqlite3"],
    tsconfig: join(root, "tsconfig.json"),
  });
  return join(outDir, "gateway.js");
}
