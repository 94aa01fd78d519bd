import type { SessionRow } from "@claw/protocol";
import type { ReactElement, ReactNode } from "react";
import { titleOf } from "../sessions/session-key.ts";
import { useOtherOwner } from "../sessions/whose.ts";
import { ShareButton } from "../sharing/share-button.tsx";
import { ConnectionBadge } from "./connection-badge.tsx";
import { ModelBadge } from "./model-badge.tsx";
import { SandboxBadge } from "./sandbox-badge.tsx";
import { ThemeMenu } from "./theme-menu.tsx";

export interface HeaderProps {
  /** The open chat; absent before its first message. */
  readonly row: SessionRow | undefined;
  /** What opens the list of chats where it is not in sight. */
  readonly menu: ReactNode;
}

export function Header({ row, menu }: HeaderProps): ReactElement {
  const owner = useOtherOwner(row);
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 border-b px-2 sm:gap-2 sm:px-4">
      {menu}
      <div className="min-w-0 flex-1 px-1">
        <h1 className="truncate font-semibold tracking-tight">{titleOf(row)}</h1>
        {owner !== undefined && (
          <p className="-mt-1 truncate text-xs text-soft">
            {owner}’s chat{row?.access === "read" && ", shared with you to read"}
            {row?.access === "write" && ", shared with you"}
          </p>
        )}
      </div>
      <ShareButton row={row} />
      <ModelBadge row={row} />
      <SandboxBadge />
      <ConnectionBadge />
      <ThemeMenu />
    </header>
  );
}
