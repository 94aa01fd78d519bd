import type {
  ArrayNode,
  DocumentNode,
  ElementNode,
  MemberNode,
  ObjectNode,
  Token,
  ValueNode,
} from "@humanwhocodes/momoa";
import type { ConfigPath } from "./config-path.ts";
import { memberOf } from "./locate.ts";

type Container = ObjectNode | ArrayNode;
type Child = MemberNode | ElementNode;

/** Replaces `from` up to `to`, both offsets in the text. */
interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The text with `value` at `path` (`undefined` removes it). Touches only that value and the commas beside it. */
export function spliceValue(text: string, document: DocumentNode, path: ConfigPath, value: unknown): string {
  let node: ValueNode = document.body;
  for (const [position, part] of path.entries()) {
    const child = memberOf(node, part);
    const last = position === path.length - 1;
    if (child === undefined) {
      const made = path.slice(position + 1).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
      return apply(text, insertion(text, document, node as Container, part, made));
    }
    if (last && value === undefined) return apply(text, removal(text, document, node as Container, child));
    if (last) return apply(text, [{ ...span(child.value), text: render(value, quotesKeys(document)) }]);
    node = child.value;
  }
  return text;
}

/** In order: of two at one place the first comes first. */
function apply(text: string, splices: readonly Splice[]): string {
  return splices
    .toSorted((a, b) => a.from - b.from)
    .reduceRight((result, { from, to, text: middle }) => result.slice(0, from) + middle + result.slice(to), text);
}

function removal(text: string, document: DocumentNode, container: Container, child: Child): readonly Splice[] {
  const { from, to } = span(child);
  const comma = document.tokens?.find((token) => offset(token) >= to && !isComment(token));
  if (comma?.type === "Comma") {
    const gap = document.tokens?.find((token) => offset(token) >= to)?.type === "Comma";
    const end = gap ? comma.loc.end.offset : to;
    const whole = wholeLine(text, from, end);
    if (gap)
      return [{ ...(whole ?? { from, to: end + (/^[ \t]+/.exec(text.slice(end))?.[0].length ?? 0) }), text: "" }];
    return [cut(from, to), cut(offset(comma), comma.loc.end.offset)];
  }
  const children = childrenOf(container);
  const previous = children[children.indexOf(child) - 1];
  const before =
    previous && document.tokens?.find((token) => offset(token) >= span(previous).to && token.type === "Comma");
  const own = { ...(wholeLine(text, from, to) ?? { from, to }), text: "" };
  return before ? [cut(offset(before), before.loc.end.offset), own] : [own];
}

function insertion(
  text: string,
  document: DocumentNode,
  container: Container,
  part: string | number,
  value: unknown,
): readonly Splice[] {
  const quoted = quotesKeys(document);
  const written = render(value, quoted);
  const member = container.type === "Array" ? written : `${renderKey(String(part), quoted)}: ${written}`;
  const { from, to } = span(container);
  const last = childrenOf(container).at(-1);
  const tokens =
    document.tokens?.filter((token) => offset(token) >= (last ? span(last).to : from) && offset(token) < to - 1) ?? [];
  const comma = tokens.find(({ type }) => type === "Comma");
  const anchor = tokens.at(-1);
  const at = Math.max(anchor?.loc.end.offset ?? 0, last ? span(last).to : from + 1);
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text.slice(from, to).includes("\n");
  const above = last ?? tokens.find(isComment);
  const outer = indentAt(text, from);
  const indent =
    above && startsLine(text, above.loc.start.offset) ? indentAt(text, above.loc.start.offset) : `${outer}  `;
  const closes = startsLine(text, to - 1);
  const object = container.type === "Object";
  const added = lines
    ? `${newline}${indent}${member}${comma || (!last && !quoted) ? "," : ""}${closes ? "" : `${newline}${outer}`}`
    : `${object || above ? " " : ""}${member}${object && !last && text[to - 2] !== " " ? " " : ""}`;
  const splices = [{ from: at, to: at, text: added }];
  return last && !comma ? [{ from: span(last).to, to: span(last).to, text: "," }, ...splices] : splices;
}

function render(value: unknown, quoted: boolean): string {
  if (Array.isArray(value)) return `[${value.map((item) => render(item, quoted)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, child]) => `${renderKey(key, quoted)}: ${render(child, quoted)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function renderKey(key: string, quoted: boolean): string {
  return !quoted && /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}

/** New keys are written as the first one in the file is. */
function quotesKeys({ body }: DocumentNode): boolean {
  return body.type === "Object" && body.members[0]?.name.type === "String";
}

function childrenOf(container: Container): readonly Child[] {
  return container.type === "Array" ? container.elements : container.members;
}

function span({ loc }: ValueNode | Child): { readonly from: number; readonly to: number } {
  return { from: loc.start.offset, to: loc.end.offset };
}

function cut(from: number, to: number): Splice {
  return { from, to, text: "" };
}

function offset(token: Token): number {
  return token.loc.start.offset;
}

function isComment({ type }: Token): boolean {
  return type === "LineComment" || type === "BlockComment";
}

function indentAt(text: string, position: number): string {
  const line = text.slice(text.lastIndexOf("\n", position - 1) + 1);
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}

function startsLine(text: string, position: number): boolean {
  return /(?:^|\n)[ \t]*$/.test(text.slice(0, position));
}

/** The lines from the one with `from` to the one with `to`, when nothing else stands on them. */
function wholeLine(text: string, from: number, to: number): { readonly from: number; readonly to: number } | undefined {
  const rest = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(to))?.[0];
  if (rest === undefined || !startsLine(text, from)) return undefined;
  return { from: text.lastIndexOf("\n", from - 1) + 1, to: to + rest.length };
}
