import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An empty directory, removed when disposed. */
export function stateDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "claw-store-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
