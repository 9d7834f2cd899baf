/** Frames over the page that show what is meant. They lie in our own shadow; the page's elements are not touched. */

import { h } from "../panel/element";

/** What is framed, and as what. */
export interface Marked {
  element: Element;
  as: "row" | "title" | "pay" | "client" | "press" | "hover";
}

const AGAIN_MS = 150;
const MOST = 120;

/** Keeps frames where `marked` says, as the page scrolls and changes. */
export function marks(layer: HTMLElement, marked: () => Marked[], signal: AbortSignal): () => void {
  const draw = (): void => {
    const height = window.innerHeight;
    const boxes = marked()
      .map(({ element, as }) => ({ as, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && box.bottom > 0 && box.top < height)
      .slice(0, MOST);
    const frames = Array.from(layer.children) as HTMLElement[];
    for (const [place, { as, box }] of boxes.entries()) {
      const frame = frames[place] ?? layer.appendChild(h("div"));
      frame.className = `frame ${as}`;
      const { style } = frame;
      style.left = `${box.left - 2}px`;
      style.top = `${box.top - 2}px`;
      style.width = `${box.width + 4}px`;
      style.height = `${box.height + 4}px`;
    }
    for (const frame of frames.slice(boxes.length)) frame.remove();
  };
  const timer = setInterval(draw, AGAIN_MS);
  addEventListener("scroll", draw, { capture: true, passive: true, signal });
  addEventListener("resize", draw, { passive: true, signal });
  signal.addEventListener("abort", () => clearInterval(timer));
  return draw;
}
