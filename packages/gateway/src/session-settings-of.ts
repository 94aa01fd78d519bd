import type { Principal, SessionSettings, Store } from "@claw/core";

/** What people chose for a session, as it is now; nothing for one that is not there yet. */
export async function settingsOf(
  store: Pick<Store, "as">,
  principal: Principal,
  session: string,
): Promise<SessionSettings> {
  return (await store.as(principal).sessions.get(session))?.settings ?? {};
}
