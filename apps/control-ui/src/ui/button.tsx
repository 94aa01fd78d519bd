import type { ButtonHTMLAttributes, ReactElement } from "react";

const KINDS = {
  primary: "bg-accent text-on-accent hover:opacity-90 px-4 h-10 font-medium",
  plain: "border bg-raised hover:bg-panel px-3 h-9",
  ghost: "text-soft hover:text-ink hover:bg-sunken px-2.5 h-8",
  icon: "text-soft hover:text-ink hover:bg-sunken size-9 justify-center",
} as const;

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: keyof typeof KINDS;
}

export function Button({ kind = "plain", className = "", type = "button", ...rest }: ButtonProps): ReactElement {
  return (
    <button
      type={type}
      className={`inline-flex shrink-0 items-center gap-2 rounded-lg text-sm transition-colors disabled:opacity-50 ${KINDS[kind]} ${className}`}
      {...rest}
    />
  );
}
