import { useState } from "react";

/** A half-written message, which survives a reload and a look at another chat. */
export function useDraft(key: string): [text: string, setText: (text: string) => void] {
  const place = `claw.draft.${key}`;
  const [text, setText] = useState(() => sessionStorage.getItem(place) ?? "");
  return [
    text,
    (next) => {
      setText(next);
      keep(place, next);
    },
  ];
}

function keep(place: string, text: string): void {
  try {
    if (text === "") sessionStorage.removeItem(place);
    else sessionStorage.setItem(place, text);
  } catch {
    // Too long for storage: it lives as long as the page does.
  }
}
