import { isSecretPath, parseConfigPath } from "@claw/config";
import type { ConfigIssue, DegradedSecretOwner } from "@claw/protocol";

/** Of what is wrong with a configuration, that which is about secrets, by whose they are. */
export function degradedSecrets(
  problems: readonly ConfigIssue[],
  degradationState: DegradedSecretOwner["degradationState"],
): readonly DegradedSecretOwner[] {
  const owners = new Map<string, DegradedSecretOwner>();
  for (const { path, message: reason } of problems.filter(isAboutSecret)) {
    const owner = ownerOf(path);
    const key = JSON.stringify(owner);
    const { paths = [] } = owners.get(key) ?? {};
    owners.set(key, { ...owner, degradationState, paths: [...paths, path], reason });
  }
  return [...owners.values()];
}

function isAboutSecret({ path }: ConfigIssue): boolean {
  try {
    return isSecretPath(parseConfigPath(path));
  } catch {
    return false;
  }
}

function ownerOf(path: string): Pick<DegradedSecretOwner, "ownerKind" | "ownerId"> {
  const [first, second, third] = parseConfigPath(path);
  if (first === "models" && second === "providers") return { ownerKind: "provider", ownerId: String(third) };
  if (first === "users") return { ownerKind: "user", ownerId: String(second) };
  return { ownerKind: "section", ownerId: [first, second].filter((part) => part !== undefined).join(".") };
}
