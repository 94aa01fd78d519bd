const HIDDEN_MS = 250;

/** Runs `callback` before the next picture; in a hidden tab, where there is none, a little later. */
export function beforePaint(callback: () => void): void {
  if (document.hidden) setTimeout(callback, HIDDEN_MS);
  else requestAnimationFrame(callback);
}
