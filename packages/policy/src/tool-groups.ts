import { ClawError } from "@claw/core";
import type { PolicyErrorCode } from "./errors.ts";

/** Names that stand for several tools, as OpenClaw has them. */
export const toolGroups = {
  "group:runtime": ["exec", "process"],
  "group:fs": ["read", "write", "edit", "ls", "apply_patch"],
  "group:web": ["web_search", "web_fetch"],
  "group:memory": ["memory_search", "memory_get"],
  "group:sessions": [
    "sessions_list",
    "sessions_history",
    "sessions_search",
    "sessions_send",
    "sessions_spawn",
    "session_status",
  ],
  "group:messaging": ["message"],
  "group:automation": ["cron"],
  "group:media": ["view_image", "image_generate"],
} as const satisfies Record<string, readonly string[]>;

/** What a profile starts from, as entries of an allow list. */
export const toolProfiles = {
  minimal: ["session_status"],
  coding: [
    "group:fs",
    "group:runtime",
    "group:web",
    "group:memory",
    "group:sessions",
    "group:automation",
    "group:media",
    "ask_user",
  ],
  messaging: ["group:messaging", "group:sessions", "ask_user"],
  full: ["*"],
} as const satisfies Record<string, readonly string[]>;

/** The groups and profiles as a catalogue shows them. */
export const toolSets = {
  groups: Object.entries(toolGroups).map(([id, tools]) => {
    const name = id.slice("group:".length);
    return { id: name, label: `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, tools: tools as readonly string[] };
  }),
  profiles: Object.keys(toolProfiles),
  inProfile: (profile: string, tool: string): boolean =>
    profileMatchers(profile, "profile").some((matches) => matches(tool)),
} as const;

export type ToolProfile = keyof typeof toolProfiles;

/** Whether a tool's name is meant by an entry: a name, a name with `*`, or a group. Case does not count. */
export type ToolMatcher = (tool: string) => boolean;

/** Throws `POLICY_INVALID` for a group that does not exist: a deny that means nothing would be a hole. */
export function toolMatcher(entry: string, key: string): ToolMatcher {
  const name = entry.toLowerCase();
  if (name.startsWith("group:")) {
    const members: readonly string[] | undefined = Object.hasOwn(toolGroups, name)
      ? toolGroups[name as keyof typeof toolGroups]
      : undefined;
    if (members === undefined) throw unknown(key, `group "${entry}"`, Object.keys(toolGroups));
    return (tool) => members.includes(tool.toLowerCase());
  }
  if (!name.includes("*")) return (tool) => tool.toLowerCase() === name;
  return (tool) => matchesGlob(tool.toLowerCase(), name.split("*"));
}

export function profileMatchers(profile: string, key: string): readonly ToolMatcher[] {
  const entries: readonly string[] | undefined = Object.hasOwn(toolProfiles, profile)
    ? toolProfiles[profile as ToolProfile]
    : undefined;
  if (entries === undefined) throw unknown(key, `profile "${profile}"`, Object.keys(toolProfiles));
  return entries.map((entry) => toolMatcher(entry, key));
}

/** Linear: no expression is built from what the configuration says. */
function matchesGlob(text: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let position = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return position <= text.length - last.length;
}

function unknown(key: string, what: string, known: readonly string[]): ClawError<PolicyErrorCode> {
  return new ClawError(
    "POLICY_INVALID",
    `${key} names the ${what}, which does not exist; there are ${known.join(", ")}`,
  );
}
