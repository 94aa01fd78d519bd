import { DropdownMenu } from "radix-ui";
import type { ReactElement } from "react";
import { useAgents } from "../gateway/queries.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { newId } from "../ui/new-id.ts";
import { agentName } from "./agent-name.ts";
import { newSessionKey } from "./session-key.ts";

/** Begins a chat: at once with the only agent there is, or after a choice. */
export function NewChat({ onSelect }: { readonly onSelect: (sessionKey: string) => void }): ReactElement {
  const { data } = useAgents();
  const agents = data?.agents ?? [];
  const begin = (agentId: string) => onSelect(newSessionKey(agentId, newId));
  if (agents.length < 2) {
    return (
      <Button className="w-full" disabled={data === undefined} onClick={() => begin(data?.defaultId ?? "main")}>
        <Icon name="plus" /> New chat
      </Button>
    );
  }
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button className="w-full">
          <Icon name="plus" /> <span className="flex-1 text-left">New chat</span>
          <Icon name="chevron" className="size-3.5 rotate-90 text-soft" />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          sideOffset={6}
          className="rise z-50 max-h-80 w-60 overflow-y-auto rounded-xl border bg-raised p-1 text-sm shadow-xl shadow-black/10"
        >
          <DropdownMenu.Label className="px-2.5 py-1.5 text-xs text-soft">Chat with</DropdownMenu.Label>
          {agents.map((agent) => (
            <DropdownMenu.Item
              key={agent.id}
              onSelect={() => begin(agent.id)}
              className="flex cursor-pointer items-center gap-2 rounded-lg px-2.5 py-1.5 outline-none data-highlighted:bg-sunken"
            >
              {agent.identity?.emoji !== undefined && <span aria-hidden="true">{agent.identity.emoji}</span>}
              <span className="min-w-0 flex-1 truncate">{agentName(agent)}</span>
              {agent.id === data?.defaultId && <span className="text-xs text-soft">default</span>}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
