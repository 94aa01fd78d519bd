import { memo, type ReactElement } from "react";

export const UserMessage = memo(function UserMessage({ text }: { readonly text: string }): ReactElement {
  return (
    <div className="flex justify-end pl-8 sm:pl-20">
      <p className="rounded-2xl rounded-br-md bg-tint px-4 py-2.5 whitespace-pre-wrap [overflow-wrap:anywhere]">
        <span className="sr-only">You: </span>
        {text}
      </p>
    </div>
  );
});
