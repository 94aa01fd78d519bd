const KEY = "claw.token";

export interface TokenPlace {
  readonly location: Pick<Location, "hash" | "pathname" | "search">;
  readonly history: Pick<History, "replaceState">;
  readonly storage: Pick<Storage, "getItem" | "setItem">;
}

/** The token of this tab: from `#token=…`, which leaves the address bar at once, or as kept from then. */
export function takeToken({ location, history, storage }: TokenPlace): string | undefined {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const given = fragment.get("token")?.trim();
  if (!given) return storage.getItem(KEY) ?? undefined;
  fragment.delete("token");
  const rest = fragment.size === 0 ? "" : `#${fragment}`;
  history.replaceState(null, "", location.pathname + location.search + rest);
  storage.setItem(KEY, given);
  return given;
}

export function keepToken(storage: Pick<Storage, "setItem">, token: string): void {
  storage.setItem(KEY, token);
}

export function dropToken(storage: Pick<Storage, "removeItem">): void {
  storage.removeItem(KEY);
}

/** Where the gateway that served this page listens. */
export function gatewayUrl({ protocol, host, pathname }: Pick<Location, "protocol" | "host" | "pathname">): string {
  return `${protocol === "https:" ? "wss" : "ws"}://${host}${pathname.replace(/[^/]*$/, "")}`;
}
