import type { ReactElement, ReactNode } from "react";

export interface CardStackProps {
  readonly label: string;
  readonly children: ReactNode;
}

/** What waits for somebody, above the composer; told as it comes. */
export function CardStack({ label, children }: CardStackProps): ReactElement {
  return (
    <section
      aria-label={label}
      aria-live="polite"
      className="mx-auto max-h-[45dvh] w-full max-w-3xl space-y-2 overflow-y-auto px-3 pb-2 sm:px-6"
    >
      {children}
    </section>
  );
}
