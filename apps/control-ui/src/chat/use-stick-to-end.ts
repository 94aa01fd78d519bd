import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

export interface StickToEnd {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  readonly atEnd: boolean;
  toEnd(): void;
}

const NEAR_PX = 80;

/** Follows growing content while its end is in sight, and stays put once the reader scrolls away. */
export function useStickToEnd(): StickToEnd {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const [atEnd, setAtEnd] = useState(true);

  const toEnd = useCallback(() => {
    follows.current = true;
    setAtEnd(true);
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, []);

  useEffect(() => {
    const view = scroller.current;
    const inside = content.current;
    if (view === null || inside === null) return;
    let lastTop = view.scrollTop;
    const onScroll = () => {
      const near = view.scrollHeight - view.scrollTop - view.clientHeight < NEAR_PX;
      // Content that shrinks scrolls too: only a move away from the end means that somebody is reading.
      if (near) follows.current = true;
      else if (view.scrollTop < lastTop) follows.current = false;
      lastTop = view.scrollTop;
      setAtEnd(near || follows.current);
    };
    const observer = new ResizeObserver(() => {
      if (follows.current) view.scrollTop = view.scrollHeight;
    });
    view.addEventListener("scroll", onScroll, { passive: true });
    observer.observe(inside);
    observer.observe(view);
    return () => {
      view.removeEventListener("scroll", onScroll);
      observer.disconnect();
    };
  }, []);

  return { scroller, content, atEnd, toEnd };
}
