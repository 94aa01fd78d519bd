/** What a message asks for so that the model answers with so many tokens, one every so many milliseconds. */
export const pacedMessage = (tokens: number, everyMs: number): string => `bench-paced:${tokens}:${everyMs}`;

export const PACED = /bench-paced:(\d+):(\d+)/;

/** A token that says when it was sent, by the clock that all processes of a machine share. */
export const stampedToken = (): string => `t${process.hrtime.bigint() / 1_000n} `;

/** How long ago each stamped token in a piece of text was sent, in milliseconds. */
export function latenessOf(text: string): readonly number[] {
  const nowUs = process.hrtime.bigint() / 1_000n;
  return Array.from(text.matchAll(/t(\d{6,}) /g), ([, sentUs]) => Number(nowUs - BigInt(sentUs ?? 0)) / 1_000);
}
