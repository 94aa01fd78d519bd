import { useCallback, useSyncExternalStore } from "react";

/** The chat in the address bar, so that reload, back and bookmarks work. */
export function useSessionKey(fallback: string | undefined): [string | undefined, (key: string) => void] {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  const select = useCallback((key: string) => {
    location.hash = new URLSearchParams({ session: key }).toString();
  }, []);
  return [sessionInHash(hash) ?? fallback, select];
}

export function sessionInHash(hash: string): string | undefined {
  return new URLSearchParams(hash.slice(1)).get("session") || undefined;
}

function subscribe(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}
