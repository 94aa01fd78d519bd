import type { ReactElement, ReactNode } from "react";
import { ConnectionBadge } from "./connection-badge.tsx";
import { ModelBadge } from "./model-badge.tsx";
import { SandboxBadge } from "./sandbox-badge.tsx";
import { ThemeMenu } from "./theme-menu.tsx";

export interface HeaderProps {
  readonly title: string;
  /** What opens the list of chats where it is not in sight. */
  readonly menu: ReactNode;
}

export function Header({ title, menu }: HeaderProps): ReactElement {
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 border-b px-2 sm:gap-2 sm:px-4">
      {menu}
      <h1 className="min-w-0 flex-1 truncate px-1 font-semibold tracking-tight">{title}</h1>
      <ModelBadge />
      <SandboxBadge />
      <ConnectionBadge />
      <ThemeMenu />
    </header>
  );
}
