const WIDTH = 900;
const HEIGHT = 320;
const MARGIN = { left: 64, right: 16, top: 36, bottom: 44 };
const LINES = 5;

export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** A curve as an SVG picture that reads on light and dark pages. Its y axis starts at 0. */
export function lineChart({ title, x, y, points }: Chart): string {
  const maxX = Math.max(...points.map((point) => point.x), 1);
  const maxY = niceCeiling(Math.max(...points.map((point) => point.y), 1));
  const atX = (value: number): number => MARGIN.left + (value / maxX) * (WIDTH - MARGIN.left - MARGIN.right);
  const atY = (value: number): number =>
    HEIGHT - MARGIN.bottom - (value / maxY) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const steps = Array.from({ length: LINES + 1 }, (_, step) => step / LINES);
  const path = points.map((point) => `${atX(point.x).toFixed(1)},${atY(point.y).toFixed(1)}`).join(" ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="12" fill="#7a7f87">`,
    `<text x="${MARGIN.left}" y="20" font-size="14">${title}</text>`,
    ...steps.map((step) => {
      const value = step * maxY;
      const line = `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${atY(value)}" y2="${atY(value)}" stroke="#7a7f87" stroke-opacity="0.25"/>`;
      return `${line}<text x="${MARGIN.left - 8}" y="${atY(value) + 4}" text-anchor="end">${Math.round(value)}</text>`;
    }),
    ...steps.map((step) => {
      const value = step * maxX;
      const anchor = step === 1 ? "end" : "middle";
      return `<text x="${atX(value)}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="${anchor}">${Math.round(value).toLocaleString("en")}</text>`;
    }),
    `<text x="${WIDTH - MARGIN.right}" y="${HEIGHT - 8}" text-anchor="end">${x}</text>`,
    `<text x="12" y="${MARGIN.top - 8}">${y}</text>`,
    `<polyline points="${path}" fill="none" stroke="#2f81f7" stroke-width="1.5" stroke-linejoin="round"/>`,
    "</svg>",
    "",
  ].join("\n");
}

/** The next number that divides into five round steps. */
function niceCeiling(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(value));
  const nice = [1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10].find((factor) => factor * magnitude >= value) ?? 10;
  return nice * magnitude;
}
