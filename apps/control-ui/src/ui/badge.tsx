import type { ButtonHTMLAttributes, ReactElement, ReactNode } from "react";

const TONES = { good: "bg-good", busy: "bg-warn breathe", bad: "bg-bad", quiet: "bg-edge" } as const;

export interface BadgeProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly tone: keyof typeof TONES;
  readonly children: ReactNode;
}

/** A fact of the header with a lamp; pressing it says more. */
export function Badge({ tone, children, className = "", ...rest }: BadgeProps): ReactElement {
  return (
    <button
      type="button"
      className={`inline-flex h-8 min-w-0 shrink-0 items-center gap-1.5 rounded-full border bg-raised px-2 md:gap-2 md:px-3 text-[13px] text-soft transition-colors hover:text-ink data-[state=open]:text-ink ${className}`}
      {...rest}
    >
      <span aria-hidden="true" className={`size-2 shrink-0 rounded-full ${TONES[tone]}`} />
      {children}
    </button>
  );
}
