export type Theme = "system" | "light" | "dark";

const KEY = "claw.theme";

export function readTheme(storage: Pick<Storage, "getItem">): Theme {
  const kept = storage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

/** Shows the theme and keeps it for the next visit. */
export function applyTheme(theme: Theme, root: HTMLElement, storage: Pick<Storage, "setItem" | "removeItem">): void {
  if (theme === "system") {
    delete root.dataset["theme"];
    storage.removeItem(KEY);
  } else {
    root.dataset["theme"] = theme;
    storage.setItem(KEY, theme);
  }
}
