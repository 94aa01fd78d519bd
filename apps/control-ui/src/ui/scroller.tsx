import type { ReactElement, ReactNode, RefObject } from "react";

export interface ScrollerProps {
  /** What scrolls, for those who hear it. */
  readonly label: string;
  readonly className: string;
  readonly children: ReactNode;
  readonly ref?: RefObject<HTMLElement | null>;
}

/** A part of the page that scrolls on its own, also by keyboard. */
export function Scroller({ label, className, ...rest }: ScrollerProps): ReactElement {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section tabIndex={0} aria-label={label} className={`-outline-offset-2 ${className}`} {...rest} />
  );
}
