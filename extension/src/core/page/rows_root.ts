/** Where a page keeps its rows: in the document itself, in a frame of the same site, or in an open shadow root. */

export type RowsRoot = Document | ShadowRoot;

const SHADOW_ROOT = 11;
/** Frames in frames, shadow roots in shadow roots: so deep, and no deeper. */
const MOST_DEPTH = 3;

/** The inner place where rows of a document were last. */
const places = new WeakMap<Document, RowsRoot>();

/** The place that holds what `selector` names; the document where none does. */
export function rowsRoot(root: Document, selector: string): RowsRoot {
  if (root.querySelector(selector) !== null) return root;
  const before = places.get(root);
  if (before !== undefined && isAlive(before) && before.querySelector(selector) !== null) return before;
  const found = innerRoots(root).find((place) => place.querySelector(selector) !== null);
  if (found !== undefined) places.set(root, found);
  return found ?? root;
}

/** The inner place where rows of this document are, to watch it too; null where they are in the document itself. */
export function innerRoot(root: Document): RowsRoot | null {
  const place = places.get(root);
  return place !== undefined && isAlive(place) ? place : null;
}

/** A frame that was loaded again keeps its old document, and an element that was taken out its shadow. */
function isAlive(place: RowsRoot): boolean {
  return isShadow(place) ? place.isConnected : place.defaultView !== null;
}

function isShadow(place: RowsRoot): place is ShadowRoot {
  return place.nodeType === SHADOW_ROOT;
}

function innerRoots(root: RowsRoot, depth = 0): RowsRoot[] {
  if (depth >= MOST_DEPTH) return [];
  const frames = Array.from(root.querySelectorAll<HTMLIFrameElement>("iframe, frame"));
  const documents = frames.flatMap(({ contentDocument }) => contentDocument ?? []); // null for another site's
  const shadows = Array.from(root.querySelectorAll("*")).flatMap(({ shadowRoot }) => shadowRoot ?? []);
  return [...documents, ...shadows].flatMap((place) => [place, ...innerRoots(place, depth + 1)]);
}
