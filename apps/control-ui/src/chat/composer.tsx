import { type KeyboardEvent, type ReactElement, type ReactNode, useEffect, useRef } from "react";
import { Icon } from "../ui/icons.tsx";
import { useDraft } from "./use-draft.ts";

export interface ComposerProps {
  /** What a half-written message is kept under. */
  readonly draftKey: string;
  readonly working: boolean;
  /** Stop was pressed and the run has not ended yet. */
  readonly stopping: boolean;
  readonly onSend: (text: string) => void;
  readonly onStop: () => void;
  /** The chat is somebody else's, shared to be read. */
  readonly readOnly: boolean;
  /** Below the field, at its end. */
  readonly aside?: ReactNode;
}

export function Composer({
  draftKey,
  working,
  stopping,
  onSend,
  onStop,
  readOnly,
  aside,
}: ComposerProps): ReactElement {
  const [text, setText] = useDraft(draftKey);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // On a phone this would open the keyboard over half of the page.
    if (matchMedia("(pointer: fine)").matches) field.current?.focus({ preventScroll: true });
  }, []);

  function send(): void {
    const message = text.trim();
    if (message === "") return;
    onSend(message);
    setText("");
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    // While an input method composes, Enter chooses a word.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      aria-label="Message"
      className="shrink-0 px-3 pb-3 sm:px-6 sm:pb-5"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="mx-auto flex w-full max-w-3xl items-end gap-2 rounded-2xl border border-edge/60 bg-raised p-2 shadow-lg shadow-black/5 focus-within:border-accent">
        <textarea
          ref={field}
          value={text}
          rows={1}
          aria-label="Message to the agent"
          aria-describedby={readOnly ? undefined : "composer-keys"}
          disabled={readOnly}
          placeholder={placeholderOf(readOnly, working)}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          className="field-sizing-content max-h-[40dvh] min-h-9 min-w-0 flex-1 resize-none bg-transparent px-2 py-1.5 outline-none placeholder:text-soft"
        />
        {working && !readOnly && (
          <button
            type="button"
            disabled={stopping}
            onClick={onStop}
            className="inline-flex h-9 shrink-0 items-center gap-2 rounded-xl border border-edge/60 px-3 text-sm font-medium hover:bg-sunken disabled:opacity-60"
          >
            <span aria-hidden="true" className="size-2.5 rounded-[3px] bg-bad" />
            {stopping ? "Stopping…" : "Stop"}
          </button>
        )}
        <button
          type="submit"
          aria-label="Send"
          disabled={text.trim() === ""}
          className="inline-flex size-9 shrink-0 items-center justify-center rounded-xl bg-accent text-on-accent transition-opacity hover:opacity-90 disabled:bg-sunken disabled:text-edge"
        >
          <Icon name="send" />
        </button>
      </div>
      <div className="mx-auto mt-2 flex max-w-3xl gap-4 px-2 text-xs text-soft">
        {!readOnly && (
          <p id="composer-keys" className="max-sm:sr-only">
            Enter sends, Shift + Enter starts a new line
          </p>
        )}
        {aside}
      </div>
    </form>
  );
}

function placeholderOf(readOnly: boolean, working: boolean): string {
  if (readOnly) return "You may read this chat, not write to it";
  return working ? "Add to it while it works…" : "Ask for something…";
}
