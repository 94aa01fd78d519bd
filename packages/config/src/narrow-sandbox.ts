import { isDeepStrictEqual } from "node:util";
import { narrowerAccess } from "./narrower.ts";
import type { ResolvedSandbox } from "./resolve-sandbox.ts";

const MODES = ["all", "non-main", "off"] as const;
const SCOPES = ["session", "agent", "shared"] as const;
const IMAGE = ["image", "setupCommand", "setupAllow"] as const;
const LIMITS = ["memoryMb", "cpus", "pidsLimit", "diskMb"] as const;

/**
 * What an agent has when another one acts through it: of both the narrower, value by value. Where two can't be
 * compared, the parent's backend and image, no network and no secrets.
 */
export function narrowSandbox(parent: ResolvedSandbox, child: ResolvedSandbox): ResolvedSandbox {
  const access = narrowerAccess(parent.workspaceAccess, child.workspaceAccess);
  const enabled = parent.host.enabled && child.host.enabled;
  const choices = {
    backend: parent.backend,
    mode: firstOf(MODES, parent.mode, child.mode),
    scope: firstOf(SCOPES, parent.scope, child.scope),
    workspaceAccess: access,
    network: isDeepStrictEqual(parent.network, child.network) ? child.network : ("none" as const),
    secretFiles: isDeepStrictEqual(parent.secretFiles, child.secretFiles) ? child.secretFiles : {},
  };
  const image = Object.fromEntries(
    IMAGE.filter((name) => name in parent.docker).map((name) => [name, parent.docker[name]]),
  );
  const limits = LIMITS.flatMap((name) => {
    const given = [parent.docker[name], child.docker[name]].filter((limit) => limit !== undefined);
    return given.length === 0 ? [] : [[name, Math.min(...given)] as const];
  });
  const docker = { ...image, ...Object.fromEntries(limits) };
  const rules = Object.fromEntries(
    Object.keys(child.rules).map((key) => {
      const [now, own] = [read({ ...choices, docker, host: { enabled } }, key), read(child, key)];
      return [key, (isDeepStrictEqual(now, own) ? child : parent).rules[key] ?? "default"];
    }),
  );
  return { ...choices, docker, host: { enabled }, rules };
}

function firstOf<Value>(order: readonly Value[], a: Value, b: Value): Value {
  return order.indexOf(a) <= order.indexOf(b) ? a : b;
}

function read(sandbox: object, key: string): unknown {
  return key
    .split(".")
    .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], sandbox);
}
