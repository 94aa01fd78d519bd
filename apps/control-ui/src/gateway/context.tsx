import { createContext, type ReactElement, type ReactNode, useContext, useSyncExternalStore } from "react";
import type { Conversations } from "../conversation/conversations.ts";
import type { Connection, ConnectionState } from "./connection.ts";

export interface Gateway {
  readonly connection: Connection;
  readonly conversations: Conversations;
}

const GatewayContext = createContext<Gateway | undefined>(undefined);

export function GatewayProvider({ gateway, children }: { readonly gateway: Gateway; readonly children: ReactNode }) {
  return (<GatewayContext value={gateway}>{children}</GatewayContext>) satisfies ReactElement;
}

export function useGateway(): Gateway {
  const gateway = useContext(GatewayContext);
  if (gateway === undefined) throw new Error("useGateway needs a GatewayProvider above it.");
  return gateway;
}

export function useConnectionState(): ConnectionState {
  const { connection } = useGateway();
  return useSyncExternalStore(connection.subscribe, () => connection.state);
}
