import type { OutputPiece, ToolCallState } from "../conversation/conversation.ts";

export interface ShownOutput {
  readonly pieces: readonly OutputPiece[];
  readonly lines: number;
}

/** What a call printed as this page saw it, or else what the record keeps of it, where the streams are one. */
export function outputOf({ output, result = "" }: ToolCallState): ShownOutput {
  const pieces = trimEnd(output.length > 0 || result === "" ? output : [{ stream: "stdout", text: result }]);
  return { pieces, lines: countLines(pieces) };
}

/** The first `limit` lines, over all pieces. */
export function firstLines(pieces: readonly OutputPiece[], limit: number): readonly OutputPiece[] {
  return cut(pieces, limit, (lines, left) => lines.slice(0, left));
}

/** The last `limit` lines, over all pieces. */
export function lastLines(pieces: readonly OutputPiece[], limit: number): readonly OutputPiece[] {
  return cut(pieces.toReversed(), limit, (lines, left) => lines.slice(-left)).toReversed();
}

function cut(
  pieces: readonly OutputPiece[],
  limit: number,
  take: (lines: readonly string[], left: number) => readonly string[],
): OutputPiece[] {
  let left = limit;
  return pieces.flatMap((piece) => {
    if (left <= 0) return [];
    const lines = piece.text.split("\n");
    const text = take(lines, left).join("\n");
    left -= lines.length - 1;
    return [{ ...piece, text }];
  });
}

function trimEnd(pieces: readonly OutputPiece[]): readonly OutputPiece[] {
  const last = pieces.at(-1);
  return last === undefined ? pieces : [...pieces.slice(0, -1), { ...last, text: last.text.replace(/\n+$/, "") }];
}

function countLines(pieces: readonly OutputPiece[]): number {
  const text = pieces.map((piece) => piece.text).join("");
  return text === "" ? 0 : text.split("\n").length;
}
