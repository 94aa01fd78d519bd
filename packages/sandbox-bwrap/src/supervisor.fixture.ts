import { execFileSync } from "node:child_process";

/** Compiles the supervisor when it is missing or older than its source. */
export function compileSupervisor(): void {
  execFileSync(new URL("../../sandbox-supervisor/native/build-all.sh", import.meta.url).pathname, { stdio: "ignore" });
}
