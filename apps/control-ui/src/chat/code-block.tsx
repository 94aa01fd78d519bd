import { isValidElement, type ReactElement, type ReactNode } from "react";
import { CopyButton } from "../ui/copy-button.tsx";
import { Scroller } from "../ui/scroller.tsx";

/** A fenced block; `children` is the one `code` element that Markdown makes of it. */
export function CodeBlock({ children }: { readonly children?: ReactNode }): ReactElement {
  const { code, language } = read(children);
  return (
    <figure className="overflow-hidden rounded-xl border bg-panel">
      <figcaption className="flex h-9 items-center justify-between border-b pr-1 pl-3.5 text-xs text-soft">
        <span>{language || "text"}</span>
        <CopyButton text={code} what="code" />
      </figcaption>
      <Scroller label="Code" className="overflow-x-auto">
        <pre className="w-max p-3.5 font-mono text-[13px] leading-relaxed">
          <code>{code}</code>
        </pre>
      </Scroller>
    </figure>
  );
}

function read(children: ReactNode): { readonly code: string; readonly language: string } {
  if (!isValidElement<{ className?: string; children?: ReactNode }>(children)) return { code: "", language: "" };
  const { className = "", children: code } = children.props;
  return { code: String(code ?? "").replace(/\n$/, ""), language: /language-(\S+)/.exec(className)?.[1] ?? "" };
}
