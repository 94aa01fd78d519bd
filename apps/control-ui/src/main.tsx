import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { createConversations } from "./conversation/conversations.ts";
import { tabOutbox } from "./conversation/outbox.ts";
import { type Credential, createConnection } from "./gateway/connection.ts";
import { GatewayProvider } from "./gateway/context.tsx";
import { deviceOf, keepSignedIn, readSignedIn } from "./gateway/kept-device.ts";
import { gatewayUrl, takeToken } from "./gateway/token.ts";
import { beforePaint } from "./ui/before-paint.ts";
import { ErrorBoundary } from "./ui/error-boundary.tsx";
import { newId } from "./ui/new-id.ts";

/** A token goes before whoever signed in with a password: it is of this very tab. */
function keptCredential(): Credential {
  const token = takeToken({ location, history, storage: sessionStorage });
  if (token !== undefined) return { token };
  const signedIn = readSignedIn(localStorage);
  return signedIn === undefined ? {} : { device: deviceOf(localStorage, signedIn.user), scopes: signedIn.scopes };
}

// A link with a token that is opened in this very tab.
addEventListener("hashchange", () => {
  if (new URLSearchParams(location.hash.slice(1)).has("token")) connection.connect(keptCredential());
});

const connection = createConnection({
  url: gatewayUrl(location),
  credential: keptCredential(),
  onSignedIn: (signedIn) => keepSignedIn(localStorage, signedIn),
  clientInfo: { id: "openclaw-control-ui", mode: "ui", version: __VERSION__, platform: navigator.platform || "web" },
  // What somebody does not hold they are not given.
  scopes: [
    ...(["operator.read", "operator.write", "operator.admin"] as const),
    ...(["operator.approvals", "operator.questions", "operator.pairing"] as const),
  ],
  caps: ["tool-events"],
});
const conversations = createConversations(connection, {
  outbox: tabOutbox(sessionStorage),
  now: Date.now,
  newId,
  beforePaint,
});
connection.connect();

// The gateway is often on this very machine, so being offline means nothing.
const queries = new QueryClient({
  defaultOptions: { queries: { networkMode: "always", staleTime: 30_000, retry: 1, refetchOnWindowFocus: false } },
});

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root.");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <GatewayProvider gateway={{ connection, conversations }}>
        <ErrorBoundary>
          <App />
        </ErrorBoundary>
      </GatewayProvider>
    </QueryClientProvider>
  </StrictMode>,
);
