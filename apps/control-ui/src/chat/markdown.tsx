import { memo, type ReactElement } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { Scroller } from "../ui/scroller.tsx";
import { CodeBlock } from "./code-block.tsx";

/** A model may have been told to write `![](https://elsewhere/?what-it-read)`: an image is a link until it is pressed. */
const components: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  ),
  img: ({ src, alt }) => (
    <a href={typeof src === "string" ? src : undefined} target="_blank" rel="noopener noreferrer">
      {alt || "image"}
    </a>
  ),
  pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
  table: ({ children }) => (
    <Scroller label="Table" className="overflow-x-auto">
      <table>{children}</table>
    </Scroller>
  ),
};

const plugins = [remarkGfm];

/** Markdown without raw HTML: what looks like a tag is shown as text. */
export const Markdown = memo(function Markdown({ text }: { readonly text: string }): ReactElement {
  return (
    <ReactMarkdown remarkPlugins={plugins} components={components}>
      {text}
    </ReactMarkdown>
  );
});
