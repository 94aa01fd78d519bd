import { type ReactElement, useId, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Icon, Mark } from "../ui/icons.tsx";
import type { Refusal } from "./refusal.ts";

/** What somebody has typed to be let in. */
export type Shown = { readonly token: string } | { readonly user: string; readonly password: string };

export interface SignInProps {
  readonly refusal: Refusal;
  /** Who tried to sign in with a password before. */
  readonly user: string | undefined;
  readonly onSubmit: (shown: Shown) => void;
}

const WAYS = [
  { way: "token", label: "Token" },
  { way: "password", label: "User and password" },
] as const;

/** Asks who is there: by the gateway's token or one's own, or by user and password. */
export function SignIn({ refusal, user: before, onSubmit }: SignInProps): ReactElement {
  const [way, setWay] = useState<(typeof WAYS)[number]["way"]>(before === undefined ? "token" : "password");
  const [token, setToken] = useState("");
  const [user, setUser] = useState(before ?? "");
  const [password, setPassword] = useState("");
  const reasonId = useId();
  const shown: Shown = way === "token" ? { token: token.trim() } : { user: user.trim(), password };
  const isWhole = Object.values(shown).every((text) => text !== "");
  return (
    <main className="flex min-h-full items-center justify-center p-4">
      <form
        className="rise w-full max-w-md rounded-2xl border bg-raised p-6 shadow-xl shadow-black/5 sm:p-8"
        onSubmit={(event) => {
          event.preventDefault();
          if (isWhole) onSubmit(shown);
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
        <fieldset className="mt-5 grid grid-cols-2 gap-1 rounded-lg bg-sunken p-1 text-sm">
          <legend className="sr-only">Sign in with</legend>
          {WAYS.map((one) => (
            <label
              key={one.way}
              className="cursor-pointer rounded-md px-2 py-1.5 text-center text-soft has-checked:bg-raised has-checked:text-ink has-checked:shadow-sm has-focus-visible:outline-2 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                name="way"
                className="sr-only"
                checked={way === one.way}
                onChange={() => setWay(one.way)}
              />
              {one.label}
            </label>
          ))}
        </fieldset>
        {way === "token" ? (
          <Field
            label="Gateway token"
            type="password"
            autoComplete="off"
            focused
            value={token}
            onValue={setToken}
            describedBy={reasonId}
          />
        ) : (
          <>
            <Field
              label="User"
              autoComplete="username"
              focused={before === undefined}
              value={user}
              onValue={setUser}
              describedBy={reasonId}
            />
            <Field
              label="Password"
              type="password"
              autoComplete="current-password"
              focused={before !== undefined}
              value={password}
              onValue={setPassword}
              describedBy={reasonId}
            />
          </>
        )}
        <Button kind="primary" type="submit" disabled={!isWhole} className="mt-4 w-full justify-center">
          Connect
        </Button>
        <p className="mt-5 text-[13px] leading-relaxed text-soft">
          {way === "token" ? (
            <>
              The gateway prints a link with the token when it starts; <code>claw token show</code> prints the token.
              This tab keeps it until it is closed, and sends it to {location.host} alone.
            </>
          ) : (
            <>
              The password is sent to {location.host} alone, and is not kept: this browser gets a key of its own, until
              you sign out.
            </>
          )}
        </p>
      </form>
    </main>
  );
}

interface FieldProps {
  readonly label: string;
  readonly type?: "text" | "password";
  readonly autoComplete: string;
  readonly focused: boolean;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly describedBy: string;
}

function Field({ label, type = "text", autoComplete, focused, value, onValue, describedBy }: FieldProps): ReactElement {
  const id = useId();
  return (
    <>
      <label htmlFor={id} className="mt-4 mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        type={type}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        // biome-ignore lint/a11y/noAutofocus: to sign in is the one thing on this page
        autoFocus={focused}
        value={value}
        aria-describedby={describedBy}
        onChange={(event) => onValue(event.target.value)}
        className="h-11 w-full rounded-lg border border-edge bg-paper px-3 font-mono text-sm"
      />
    </>
  );
}
