import { Dialog } from "radix-ui";
import type { ReactElement } from "react";
import { useConnectionState, useGateway } from "../gateway/context.tsx";
import { useRequest } from "../gateway/queries.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { Devices } from "./devices.tsx";
import { usePairingEvents } from "./use-pairing-events.ts";
import { Users } from "./users.tsx";

/** Who shares the gateway and which devices come in, for those who decide that. */
export function PeoplePanel(): ReactElement | null {
  const { connection } = useGateway();
  useConnectionState();
  const scopes = connection.hello?.auth.scopes ?? [];
  const isAdmin = scopes.includes("operator.admin");
  return isAdmin || scopes.includes("operator.pairing") ? <Panel isAdmin={isAdmin} /> : null;
}

function Panel({ isAdmin }: { readonly isAdmin: boolean }): ReactElement {
  usePairingEvents();
  const { data } = useRequest("device.pair.list", {});
  const waiting = data?.pending.length ?? 0;
  const title = isAdmin ? "People and devices" : "Devices";
  return (
    <Dialog.Root>
      <Dialog.Trigger asChild>
        <Button kind="ghost" className="w-full">
          <Icon name="people" /> <span className="flex-1 text-left">{title}</span>
          {waiting > 0 && (
            <span className="rounded-full bg-accent px-2 text-xs text-on-accent">
              {waiting} <span className="sr-only">{waiting === 1 ? "device waits" : "devices wait"}</span>
            </span>
          )}
        </Button>
      </Dialog.Trigger>
      <Dialog.Portal>
        {/* Not Dialog.Overlay: it locks scrolling with an inline style sheet, which the page's policy forbids. */}
        <div aria-hidden="true" className="fixed inset-0 z-40 bg-[#0006]" />
        <Dialog.Content
          aria-describedby={undefined}
          className="rise fixed inset-y-0 right-0 z-50 w-full max-w-xl overflow-y-auto border-l bg-paper p-4 shadow-2xl outline-none sm:p-6"
        >
          <div className="mb-4 flex items-center justify-between">
            <Dialog.Title className="text-lg font-semibold tracking-tight">{title}</Dialog.Title>
            <Dialog.Close asChild>
              <Button kind="icon" aria-label="Close">
                <Icon name="close" />
              </Button>
            </Dialog.Close>
          </div>
          <Devices />
          {isAdmin && <Users />}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
