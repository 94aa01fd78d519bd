import { paint } from "../output.ts";

const FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const FRAME_MS = 100;

/** One line at the bottom that moves while something goes on. Shows nothing where there is no terminal. */
export interface LiveLine {
  show(text: string): void;
  /** Leaves the cursor at the start of an empty line. */
  clear(): void;
}

export function createLiveLine(stream: NodeJS.WriteStream = process.stderr): LiveLine {
  let timer: NodeJS.Timeout | undefined;
  let frame = 0;
  let text = "";
  const draw = (): void => {
    frame = (frame + 1) % FRAMES.length;
    stream.write(`\r\x1b[K${paint("cyan", FRAMES.charAt(frame), stream)} ${text}`);
  };
  return {
    show(next) {
      if (!stream.isTTY) return;
      text = next;
      timer ??= setInterval(draw, FRAME_MS).unref();
      draw();
    },
    clear() {
      if (timer === undefined) return;
      clearInterval(timer);
      timer = undefined;
      stream.write("\r\x1b[K");
    },
  };
}
