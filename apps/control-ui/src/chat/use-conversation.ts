import { useDeferredValue, useMemo, useSyncExternalStore } from "react";
import type { Conversation, Turn } from "../conversation/conversation.ts";
import type { ConversationStore } from "../conversation/conversation-store.ts";
import { turnsOf } from "../conversation/turns.ts";
import { useGateway } from "../gateway/context.tsx";

export interface OpenConversation {
  readonly store: ConversationStore;
  readonly conversation: Conversation;
  readonly turns: readonly Turn[];
}

export function useConversation(sessionKey: string): OpenConversation {
  const { conversations } = useGateway();
  const store = useMemo(() => conversations.open(sessionKey), [conversations, sessionKey]);
  const conversation = useSyncExternalStore(store.subscribe, store.read);
  const turns = useMemo(() => turnsOf(conversation), [conversation]);
  return { store, conversation, turns: useDeferredValue(turns) };
}
