import type { Principal, SettingsChange } from "@claw/core";

/** Whose session it is about. */
export interface ExecSite {
  readonly agent: string;
  readonly session: string;
  readonly principal: Principal;
}

/** What the configuration lets sessions choose about where commands run. */
export interface ExecControl {
  /** Why somebody can't have the change: the rule, and how to change it. `undefined` when they can. */
  refusal(change: SettingsChange, site: ExecSite): string | undefined;
  /** Where the session's commands run with these settings, and who is asked, in a sentence or two for people. */
  standing(settings: SettingsChange, site: ExecSite): string;
}

/** Without a word from the configuration nothing but the sandbox can be had. */
export const sandboxOnly: ExecControl = {
  refusal({ elevatedLevel = "off", execHost = "auto" }) {
    if (elevatedLevel === "off" && execHost !== "gateway" && execHost !== "node") return undefined;
    return "this gateway runs commands nowhere but in its sandbox";
  },
  standing: () => "Commands run in the sandbox.",
};
