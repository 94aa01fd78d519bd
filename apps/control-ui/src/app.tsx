import type { ReactElement } from "react";
import { Chat } from "./chat/chat.tsx";
import { useConnectionState, useGateway } from "./gateway/context.tsx";
import { useGatewayEvents, useSessions } from "./gateway/queries.ts";
import { describeRefusal } from "./gateway/refusal.ts";
import { SignIn } from "./gateway/sign-in.tsx";
import { keepToken } from "./gateway/token.ts";
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
  if (state.status !== "closed") return <Shell />;
  return (
    <SignIn
      refusal={describeRefusal(state)}
      onToken={(token) => {
        keepToken(sessionStorage, token);
        connection.connect(token);
      }}
    />
  );
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
