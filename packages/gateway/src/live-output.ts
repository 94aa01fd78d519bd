import type { OutputChunk } from "@claw/core";

/** More than anybody can read, and little to write to everybody who watches. */
const CHARACTERS_A_WINDOW = 16_384;
const WINDOW_MS = 100;

/**
 * What people see of output while it comes: all of it as long as that is little, and of a flood a part of each tenth of a
 * second, with a mark for what is left out. The result of the call is not touched.
 */
export function liveOutput(
  show: (chunk: OutputChunk) => void,
  nowMs: () => number = () => performance.now(),
): (chunk: OutputChunk) => void {
  let beganMs = Number.NEGATIVE_INFINITY;
  let left = 0;
  let skipped = 0;
  return ({ stream, text }) => {
    if (nowMs() - beganMs >= WINDOW_MS) {
      beganMs = nowMs();
      left = CHARACTERS_A_WINDOW;
      if (skipped > 0) show({ stream, text: `\n[… ${skipped} characters not shown …]\n` });
      skipped = 0;
    }
    const shown = text.length <= left ? text : text.slice(0, left);
    left -= shown.length;
    skipped += text.length - shown.length;
    if (shown !== "") show({ stream, text: shown });
  };
}
