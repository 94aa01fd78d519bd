import { type ReactElement, useState } from "react";
import { Chat } from "./chat/chat.tsx";
import type { ConnectionState } from "./gateway/connection.ts";
import { useConnectionState, useGateway } from "./gateway/context.tsx";
import { deviceOf } from "./gateway/kept-device.ts";
import { useGatewayEvents, useSessions } from "./gateway/queries.ts";
import { describeRefusal } from "./gateway/refusal.ts";
import { type Shown, SignIn } from "./gateway/sign-in.tsx";
import { dropToken, keepToken } from "./gateway/token.ts";
import { ConfigBanner } from "./header/config-banner.tsx";
import { ConnectionBanner } from "./header/connection-banner.tsx";
import { Header } from "./header/header.tsx";
import { SafeModeBanner } from "./header/safe-mode-banner.tsx";
import { Drawer } from "./sessions/drawer.tsx";
import { Sidebar } from "./sessions/sidebar.tsx";
import { useSessionKey } from "./sessions/use-session-key.ts";

export function App(): ReactElement {
  const { connection } = useGateway();
  const state = useConnectionState();
  const [user, setUser] = useState<string>();
  if (state.status !== "closed" && !isUnknown(state)) return <Shell />;

  const signIn = (shown: Shown): void => {
    if ("token" in shown) {
      setUser(undefined);
      keepToken(sessionStorage, shown.token);
      connection.connect(shown);
      return;
    }
    setUser(shown.user);
    dropToken(sessionStorage);
    // Elsewhere than on https: or localhost browsers have no keys: there the tab knows the password while it is open.
    connection.connect(isSecureContext ? { ...shown, device: deviceOf(localStorage, shown.user) } : shown);
  };
  return <SignIn refusal={describeRefusal(state)} user={user} onSubmit={signIn} />;
}

/** This browser was let in before, and is not any more; it does not have to wait until somebody approves it. */
function isUnknown(state: ConnectionState): state is Extract<ConnectionState, { readonly status: "reconnecting" }> {
  return state.status === "reconnecting" && state.error?.details?.["code"] === "PAIRING_REQUIRED";
}

function Shell(): ReactElement {
  useGatewayEvents();
  const { data } = useSessions();
  const [sessionKey, select] = useSessionKey(useMainSession());
  const row = data?.sessions.find(({ key }) => key === sessionKey);
  return (
    <div className="flex h-dvh">
      <button
        type="button"
        onClick={() => document.querySelector("textarea")?.focus()}
        className="sr-only z-50 rounded-lg bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the message field
      </button>
      <aside aria-label="Chats" className="w-68 shrink-0 border-r max-lg:hidden">
        <Sidebar selected={sessionKey} onSelect={select} />
      </aside>
      <main className="flex min-w-0 flex-1 flex-col">
        <Header row={row} menu={<Drawer selected={sessionKey} onSelect={select} />} />
        <ConnectionBanner />
        <SafeModeBanner />
        <ConfigBanner />
        {sessionKey === undefined ? <Opening /> : <Chat key={sessionKey} sessionKey={sessionKey} row={row} />}
      </main>
    </div>
  );
}

const MAIN_SESSION = "agent:main:main";

/** The chat of somebody who has not chosen one, once the gateway has said which. */
function useMainSession(): string | undefined {
  const { connection } = useGateway();
  useConnectionState();
  return connection.hello && (connection.hello.snapshot.sessionDefaults?.mainSessionKey ?? MAIN_SESSION);
}

function Opening(): ReactElement {
  return (
    <p role="status" className="breathe m-auto text-soft">
      Opening…
    </p>
  );
}
