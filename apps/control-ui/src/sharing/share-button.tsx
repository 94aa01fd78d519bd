import type { SessionRow } from "@claw/protocol";
import type { ReactElement } from "react";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { Popover } from "../ui/popover.tsx";
import { Members } from "./members.tsx";

/** Who else may see the open chat, for those who manage it. */
export function ShareButton({ row }: { readonly row: SessionRow | undefined }): ReactElement | null {
  if (row?.access !== "manage") return null;
  const trigger = (
    <Button kind="icon" aria-label="Share this chat">
      <Icon name="share" />
    </Button>
  );
  return (
    <Popover title="Share this chat" trigger={trigger}>
      <Members sessionKey={row.key} />
    </Popover>
  );
}
