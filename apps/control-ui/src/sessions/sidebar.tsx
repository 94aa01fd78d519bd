import type { AgentsList } from "@claw/protocol";
import { type ReactElement, useEffect, useState } from "react";
import { useAgents, useSessions } from "../gateway/queries.ts";
import { PeoplePanel } from "../people/people-panel.tsx";
import { Mark } from "../ui/icons.tsx";
import { agentName } from "./agent-name.ts";
import { NewChat } from "./new-chat.tsx";
import { SessionItem } from "./session-item.tsx";

export interface SidebarProps {
  readonly selected: string | undefined;
  readonly onSelect: (sessionKey: string) => void;
}

/** The chats of this gateway, last used first. */
export function Sidebar({ selected, onSelect }: SidebarProps): ReactElement {
  const { data, isPending, isError } = useSessions();
  const { data: agents } = useAgents();
  const nowMs = useMinute();
  const sessions = data?.sessions ?? [];
  return (
    <div className="flex h-full min-h-0 flex-col bg-panel">
      <div className="flex h-14 shrink-0 items-center gap-2.5 px-4">
        <Mark />
        <span className="text-[17px] font-semibold tracking-tight">Claw</span>
      </div>
      <div className="px-3 pb-3">
        <NewChat onSelect={onSelect} />
      </div>
      <nav aria-label="Chats" className="min-h-0 flex-1 overflow-y-auto px-3 pb-4">
        {isError && <p className="px-2 py-1 text-sm text-bad">The list of chats can't be read.</p>}
        {!isPending && sessions.length === 0 && <p className="px-2 py-1 text-sm text-soft">No chats yet.</p>}
        <ul className="space-y-0.5">
          {sessions.map((row) => (
            <SessionItem
              key={row.key}
              row={row}
              agent={agents === undefined || row.agentId === agents.defaultId ? undefined : nameOf(agents, row.agentId)}
              nowMs={nowMs}
              selected={row.key === selected}
              onSelect={() => onSelect(row.key)}
            />
          ))}
        </ul>
      </nav>
      <div className="border-t p-3 empty:hidden">
        <PeoplePanel />
      </div>
    </div>
  );
}

function nameOf({ agents }: AgentsList, agentId: string): string {
  const agent = agents.find(({ id }) => id === agentId);
  return agent === undefined ? agentId : agentName(agent);
}

/** Unix milliseconds, renewed each minute. */
function useMinute(): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
