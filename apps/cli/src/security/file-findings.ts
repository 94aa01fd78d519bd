import { stat } from "node:fs/promises";
import { join } from "node:path";
import { gatewayFiles } from "@claw/config";
import type { Finding, Site } from "./finding.ts";

/** What others on this machine can read of the gateway's secrets and conversations, or change. */
export async function fileFindings({ configPath, stateDir }: Site): Promise<readonly Finding[]> {
  const { token, key } = gatewayFiles(stateDir);
  const paths = [stateDir, configPath, token, key, join(stateDir, "state"), join(stateDir, "agents")];
  const found = await Promise.all(paths.map(open));
  const closed = (await open(stateDir)) === undefined;
  // Nobody gets at what lies in a directory that is closed to them.
  return found
    .filter((one) => one !== undefined)
    .filter(({ path }) => !(closed && path.startsWith(`${stateDir}/`)))
    .map(describe);
}

interface Open {
  readonly path: string;
  readonly mode: number;
}

/** `undefined` for what is its owner's alone, or is not there. */
async function open(path: string): Promise<Open | undefined> {
  const info = await stat(path).catch(() => undefined);
  return info === undefined || (info.mode & 0o077) === 0 ? undefined : { path, mode: info.mode & 0o777 };
}

function describe({ path, mode }: Open): Finding {
  const everyone = (mode & 0o007) !== 0;
  const verb = (mode & 0o022) === 0 ? "read" : "change";
  return {
    id: "files.open",
    severity: everyone ? "critical" : "warning",
    finding: `${everyone ? "Everybody" : "The group"} on this machine can ${verb} ${path} (mode ${mode.toString(8)}).`,
    mend: `chmod ${(mode & 0o700).toString(8)} ${path}`,
  };
}
