import type { ConfigReload } from "@claw/protocol";
import { paint } from "./output.ts";
import { oneLine } from "./text.ts";

const MAX_SHOWN = 5;

/** What is not in use of the configuration file, and why; nothing when all of it is. */
export function configRows(reload: ConfigReload | undefined): readonly (readonly [string, ...string[]])[] {
  if (reload === undefined) return [];
  const { issues, restartRequired } = reload;
  const head = headOf(reload);
  const shown = issues.slice(0, MAX_SHOWN).map(({ path, message, line }) => {
    const place = line === undefined ? path : `${path} (line ${line})`;
    return paint("dim", oneLine(`· ${place === "" ? message : `${place}: ${message}`}`));
  });
  if (issues.length > MAX_SHOWN) shown.push(paint("dim", `· and ${issues.length - MAX_SHOWN} more`));
  const waiting =
    restartRequired.length === 0
      ? []
      : [paint("yellow", `waits for a restart: ${oneLine(restartRequired.join(", "))}`)];
  const [first, ...rest] = [...(head === undefined ? [] : [paint("yellow", head)]), ...shown, ...waiting];
  return first === undefined ? [] : [["Config", first, ...rest]];
}

function headOf({ startedWith, hotReloadStatus }: ConfigReload): string | undefined {
  if (startedWith?.leftOut !== undefined) {
    return `the file has mistakes: it is used without ${oneLine(startedWith.leftOut.join(", "))}`;
  }
  if (startedWith?.lastGoodAtMs !== undefined) {
    const day = new Date(startedWith.lastGoodAtMs).toISOString().slice(0, 16).replace("T", " ");
    return `the file has mistakes: the last version that worked is used, of ${day} UTC`;
  }
  if (hotReloadStatus === "rejected") return "the changed file has mistakes: what was right before is used";
  if (hotReloadStatus === "partial") return "a part of the changed file could not be taken on and is as it was";
  return undefined;
}
