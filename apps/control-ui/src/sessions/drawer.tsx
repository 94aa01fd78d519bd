import { Dialog } from "radix-ui";
import { type ReactElement, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { Sidebar, type SidebarProps } from "./sidebar.tsx";

/** The list of chats where there is no room beside the conversation. */
export function Drawer({ selected, onSelect }: SidebarProps): ReactElement {
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <Button kind="icon" aria-label="Chats" className="lg:hidden">
          <Icon name="menu" />
        </Button>
      </Dialog.Trigger>
      <Dialog.Portal>
        {/* Not Dialog.Overlay: it locks scrolling with an inline style sheet, which the page's policy forbids. */}
        <div aria-hidden="true" className="fixed inset-0 z-40 bg-black/40 lg:hidden" />
        <Dialog.Content
          aria-describedby={undefined}
          className="rise fixed inset-y-0 left-0 z-40 w-72 max-w-[85vw] border-r shadow-2xl outline-none lg:hidden"
        >
          <Dialog.Title className="sr-only">Chats</Dialog.Title>
          <Dialog.Close asChild>
            <Button kind="icon" aria-label="Close" className="absolute top-2.5 right-3">
              <Icon name="close" />
            </Button>
          </Dialog.Close>
          <Sidebar
            selected={selected}
            onSelect={(key) => {
              setOpen(false);
              onSelect(key);
            }}
          />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
