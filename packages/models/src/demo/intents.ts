/** What one clause of a request asks for. */
export type Intent =
  | { readonly kind: "list"; readonly path: string }
  | { readonly kind: "read"; readonly path: string }
  /** `named` is false when the path is a guess. */
  | { readonly kind: "csv"; readonly path: string; readonly rows: number; readonly named: boolean }
  | { readonly kind: "run"; readonly command: string }
  | { readonly kind: "write"; readonly path: string; readonly content: string }
  | { readonly kind: "unknown"; readonly text: string };

/** A longer request is not understood; cutting it could lose part of what is to be written. */
const MAX_CHARACTERS = 4_000;
const MAX_INTENTS = 50;

const CLAUSE_END = /[,.;]? ?\b(?:and )?(?:after that|afterwards|then)\b[ ,:]*|; |\n(?:\d{1,2}[.)]|[-*])? ?/i;
const WORKSPACE = "/workspace";
const path = /(?:"[^"\n]+"|'[^'\n]+'|`[^`\n]+`|[^\s"'`,;]+)/.source;
const patterns = {
  politeness:
    /^(?:please|now|first|next|finally|and|also|ok|okay|hey|hi|hello|can you|could you|would you|i want you to)[\s,:]+/i,
  run: /^(?:run|execute|exec)\s+(?:the\s+)?(?:shell\s+)?(?:command\s*:?\s*)?(.+)$/is,
  writeTo: new RegExp(
    String.raw`^(?:write|save|put)\s+(.+)\s+(?:to|into|in)\s+(?:the\s+|a\s+)?(?:new\s+)?(?:file\s+)?(?:called\s+|named\s+)?(${path})$`,
    "is",
  ),
  createWith: new RegExp(
    String.raw`^(?:create|make|write|add)\s+(?:a\s+|the\s+)?(?:new\s+)?(?:text\s+)?(?:file\s+)?(?:called\s+|named\s+)?(${path})\s+(?:with|containing|saying|that says)\s+(?:the\s+)?(?:contents?\s+|text\s+|words?\s+)?:?\s*(.+)$`,
    "is",
  ),
  view: /^(?:read|show|open|cat|print|display|view|summari[sz]e|analy[sz]e|describe|inspect|look|give|tell|what|how|top|first)\b/i,
  list: /^(?:ls\b|dir$|(?:list|show|print|display|give|tell|what|which|see)\b.*\b(?:files?|director(?:y|ies)|folders?|contents|workspace)\b|list$)/is,
};

/** The clauses of a request in their order, those that say nothing left out. Never throws. */
export function parseIntents(request: string): readonly Intent[] {
  if (request.length > MAX_CHARACTERS) return [{ kind: "unknown", text: request }];
  // Quoted text is set aside, so that a "then" inside it divides nothing; single spaces keep the patterns linear.
  const quotes: string[] = [];
  const masked = request
    .replaceAll("\0", "")
    .replace(/`[^`]*`|"[^"\n]*"|(?<=^|\s)'[^'\n]*'(?=$|[\s,.;])/g, (quote) => `\0${quotes.push(quote) - 1}\0`)
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n\s*/g, "\n");
  const parse = (clause: string) =>
    parseClause(clause.replace(/\0(\d+)\0/g, (_, index: string) => quotes[Number(index)] ?? ""));
  return masked
    .split(/(?<!\d)\. (?=[A-Z])/)
    .flatMap((sentence) => sentence.split(CLAUSE_END))
    .flatMap((clause) => splitAtAnd(clause, parse))
    .filter((intent) => intent.kind !== "unknown" || intent.text !== "")
    .slice(0, MAX_INTENTS);
}

/** "and" divides only where both sides are requests of their own. */
function splitAtAnd(clause: string, parse: (clause: string) => Intent): readonly Intent[] {
  const intents: Intent[] = [];
  let text = "";
  // The separators are kept, at the odd places.
  const parts = clause.split(/(,? and )/i);
  for (let at = 0; at < parts.length; at += 2) {
    const part = parts[at] ?? "";
    const before = parse(text);
    if (before.kind !== "unknown" && parse(part).kind !== "unknown") {
      intents.push(before);
      text = part;
    } else {
      text += (at === 0 ? "" : (parts[at - 1] ?? "")) + part;
    }
  }
  return [...intents, parse(text)];
}

function parseClause(raw: string): Intent {
  let text = raw
    .trim()
    .replace(/^\d{1,2}[.)]\s+/, "")
    .replace(/[.!?,\s]+$/, "");
  for (let before = ""; before !== text; ) {
    before = text;
    text = text.replace(patterns.politeness, "");
  }
  return (
    parseRun(text) ??
    parseWrite(text) ??
    parseCsvRequest(text) ??
    parseList(text) ??
    parseRead(text) ?? { kind: "unknown", text }
  );
}

function parseRun(text: string): Intent | undefined {
  const rest = patterns.run.exec(text)?.[1];
  if (rest === undefined) return undefined;
  const command = (/`([^`]+)`/.exec(rest)?.[1] ?? unquoted(rest)).trim();
  return command === "" ? undefined : { kind: "run", command };
}

function parseWrite(text: string): Intent | undefined {
  const created = patterns.createWith.exec(text);
  if (created?.[1] && created[2] && looksLikePath(created[1])) {
    return { kind: "write", path: unquoted(created[1]), content: unquoted(created[2]) };
  }
  const written = patterns.writeTo.exec(text);
  if (written?.[1] && written[2] && looksLikePath(written[2])) {
    return { kind: "write", path: unquoted(written[2]), content: unquoted(written[1]) };
  }
  return undefined;
}

function parseCsvRequest(text: string): Intent | undefined {
  const file = tokens(text)
    .map(unquoted)
    .find((token) => /\.csv$/i.test(token));
  if (!patterns.view.test(text) || (file === undefined && !/\bcsv\b/i.test(text))) return undefined;
  const asked = Number(
    /\b(?:top|first)\s+(\d{1,4})\b/i.exec(text)?.[1] ?? /\b(\d{1,4})\s+(?:rows|lines)\b/i.exec(text)?.[1] ?? 10,
  );
  const rows = Math.min(1000, Math.max(1, asked));
  const directory = directoryIn(text);
  if (file === undefined) return { kind: "csv", path: `${directory ?? WORKSPACE}/data.csv`, rows, named: false };
  const full = directory === undefined || file.includes("/") ? file : `${directory}/${file}`;
  return { kind: "csv", path: full, rows, named: true };
}

function parseList(text: string): Intent | undefined {
  if (!patterns.list.test(text) || /\bfile\s+\S+\.\w+/i.test(text)) return undefined;
  return { kind: "list", path: directoryIn(text) ?? /^ls\s+(?:-\S+\s+)*([^\s-]\S*)$/.exec(text)?.[1] ?? "." };
}

function parseRead(text: string): Intent | undefined {
  if (!patterns.view.test(text)) return undefined;
  const named = new RegExp(String.raw`\bfile\s+(?:called\s+|named\s+)?(${path})`, "i").exec(text)?.[1];
  const file = tokens(text).find(looksLikePath) ?? (/^(?:in|at|from|of)$/i.test(named ?? "") ? undefined : named);
  return file === undefined ? undefined : { kind: "read", path: unquoted(file) };
}

function directoryIn(text: string): string | undefined {
  const found =
    /\b(?:in|of|under|at|inside|from)\s+(?:the\s+)?(?:director(?:y|ies)\s+|folder\s+)?[`"']?((?:\/|\.{1,2}\/|~\/|[\w-]+\/)[^\s`"',;]*|\.{1,2}(?=\s|$))/i.exec(
      text,
    )?.[1];
  return found?.replace(/(?<=.)\/+$/, "");
}

function tokens(text: string): readonly string[] {
  return (text.match(new RegExp(path, "g")) ?? []).map((token) => token.replace(/^[(<[]+|[)>\]:?!.]+$/g, ""));
}

function looksLikePath(token: string): boolean {
  const bare = unquoted(token);
  if (bare !== token) return /\.\w{1,10}$|\//.test(bare);
  return /^[^\s]*[^\s./]\.[A-Za-z]\w{0,9}$/.test(bare) || /^(?:\/|\.{1,2}\/|~\/)\S+$/.test(bare);
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  return /^(["'`])[\s\S]+\1$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
}
