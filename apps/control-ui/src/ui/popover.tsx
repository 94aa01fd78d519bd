import { Popover as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";

export interface PopoverProps {
  readonly trigger: ReactElement;
  readonly title: string;
  readonly children: ReactNode;
}

/** A panel of facts below a button of the header. */
export function Popover({ trigger, title, children }: PopoverProps): ReactElement {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="end"
          sideOffset={6}
          collisionPadding={12}
          aria-label={title}
          className="rise z-30 w-80 max-w-[calc(100vw-1.5rem)] space-y-2.5 rounded-xl border bg-raised p-4 text-sm leading-relaxed shadow-xl shadow-black/10"
        >
          <h2 className="font-semibold">{title}</h2>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
