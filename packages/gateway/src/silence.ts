/** An answer that is this and nothing else is sent to no channel. */
export const SILENCE = "NO_REPLY";

export function isSilence(text: string): boolean {
  return text.trim() === SILENCE;
}
