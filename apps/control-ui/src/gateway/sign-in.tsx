import { type ReactElement, useId, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Icon, Mark } from "../ui/icons.tsx";
import type { Refusal } from "./refusal.ts";

export interface SignInProps {
  readonly refusal: Refusal;
  readonly onToken: (token: string) => void;
}

/** Asks for the gateway's token. */
export function SignIn({ refusal, onToken }: SignInProps): ReactElement {
  const [token, setToken] = useState("");
  const fieldId = useId();
  const reasonId = useId();
  return (
    <main className="flex min-h-full items-center justify-center p-4">
      <form
        className="rise w-full max-w-md rounded-2xl border bg-raised p-6 shadow-xl shadow-black/5 sm:p-8"
        onSubmit={(event) => {
          event.preventDefault();
          if (token.trim() !== "") onToken(token.trim());
        }}
      >
        <Mark className="mb-5 size-10" />
        <h1 className="text-xl font-semibold tracking-tight">{refusal.title}</h1>
        <div
          id={reasonId}
          role="alert"
          className={`mt-4 flex gap-3 rounded-lg px-3.5 py-3 text-sm leading-relaxed ${refusal.isQuestion ? "bg-panel" : "bg-bad-tint"}`}
        >
          <Icon name="alert" className={`mt-0.5 size-4 ${refusal.isQuestion ? "text-soft" : "text-bad"}`} />
          <div className="min-w-0 [overflow-wrap:anywhere]">
            <p>{refusal.explanation}</p>
            <p className="text-[13px] text-soft">The gateway says: {refusal.reason}</p>
          </div>
        </div>
        <label htmlFor={fieldId} className="mt-5 mb-1.5 block text-sm font-medium">
          Gateway token
        </label>
        <input
          id={fieldId}
          type="password"
          autoComplete="off"
          spellCheck={false}
          // biome-ignore lint/a11y/noAutofocus: it is the one thing on this page
          autoFocus
          value={token}
          aria-describedby={reasonId}
          onChange={(event) => setToken(event.target.value)}
          className="h-11 w-full rounded-lg border border-edge bg-paper px-3 font-mono text-sm"
        />
        <Button kind="primary" type="submit" disabled={token.trim() === ""} className="mt-4 w-full justify-center">
          Connect
        </Button>
        <p className="mt-5 text-[13px] leading-relaxed text-soft">
          The gateway prints a link with the token when it starts; <code>claw token show</code> prints the token. This
          tab keeps it until it is closed, and sends it to {location.host} alone.
        </p>
      </form>
    </main>
  );
}
