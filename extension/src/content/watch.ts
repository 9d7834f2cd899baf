/** Notices what changes on a page, in batches: one observer, our own nodes left out, undone by one signal. */

const BATCH_MS = 60; // sites redraw in bursts; a person does not see this wait

export interface Watched {
  root: Document;
  /** Attributes that readings rest on; changes of others are nothing to us. */
  attributes: readonly string[];
  /** A place that the document's own changes do not tell of: a frame's document, or a shadow root. */
  inner?: () => Node | null;
  /** Nodes that we put there. */
  own: WeakSet<Node>;
  /** Called before the browser paints, with what a change put into the page. */
  atOnce?: (added: readonly Node[]) => void;
  signal: AbortSignal;
}

/**
 * Calls `changed` with the elements in which something changed, after each burst; with an empty set where only the address
 * changed. A page moves on without loading (`history.pushState`) unheard by content scripts, so the caller compares addresses.
 */
export function watch(watched: Watched, changed: (touched: ReadonlySet<Element>) => void): void {
  const { root, own, signal } = watched;
  const view = root.defaultView;
  if (!view || signal.aborted) return;
  let touched = new Set<Element>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    const batch = touched;
    touched = new Set();
    changed(batch);
    lookInside();
  };
  const soon = (): void => {
    timer ??= setTimeout(flush, BATCH_MS);
  };
  const observer = new view.MutationObserver((records) => {
    const before = touched.size;
    watched.atOnce?.(records.flatMap(({ addedNodes }) => Array.from(addedNodes)));
    for (const record of records) {
      const element = isOurs(record, own) ? null : elementOf(record.target);
      if (element) touched.add(element);
    }
    if (touched.size > before) soon();
  });
  const what = {
    subtree: true,
    childList: true,
    characterData: true,
    attributeFilter: [...watched.attributes],
  };
  observer.observe(root, what);
  let inside: Node | null = null;
  const lookInside = (): void => {
    const place = watched.inner?.() ?? null;
    if (place === null || place === inside) return;
    inside = place;
    observer.observe(place, what);
  };
  lookInside();
  // A frame that has loaded is no change of the document.
  const loaded = ({ target }: Event): void => {
    if (FRAMES.has((target as Partial<Element> | null)?.tagName ?? "")) soon();
  };
  root.addEventListener("load", loaded, { signal, capture: true });
  for (const event of ["popstate", "hashchange", "pageshow"]) view.addEventListener(event, soon, { signal });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    clearTimeout(timer);
  });
}

function isOurs(record: MutationRecord, own: WeakSet<Node>): boolean {
  if (record.type !== "childList") return false;
  const moved = [...Array.from(record.addedNodes), ...Array.from(record.removedNodes)];
  return moved.length > 0 && moved.every((node) => own.has(node));
}

const FRAMES: ReadonlySet<string> = new Set(["IFRAME", "FRAME"]);
const DOCUMENT = 9;
const SHADOW_ROOT = 11;

function elementOf(node: Node): Element | null {
  if (node.nodeType === SHADOW_ROOT) return (node as ShadowRoot).host;
  if (node.nodeType === DOCUMENT) return (node as Document).documentElement;
  return node.nodeType === 1 ? (node as Element) : node.parentElement;
}
