import type { ReactElement } from "react";

export type MemberAccess = "read" | "write";

interface AccessSelectProps {
  readonly label: string;
  readonly value: MemberAccess;
  readonly onValue: (value: MemberAccess) => void;
}

export function AccessSelect({ label, value, onValue }: AccessSelectProps): ReactElement {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onValue(event.target.value === "write" ? "write" : "read")}
      className="h-9 rounded-lg border bg-paper px-2 text-sm"
    >
      <option value="read">may read</option>
      <option value="write">may write</option>
    </select>
  );
}
