import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watch } from "../../../extension/src/content/watch";

type Told = Pick<MutationRecord, "type" | "target"> & { addedNodes: Node[]; removedNodes: Node[] };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const node = (parent: unknown = null): Element =>
  ({ nodeType: 1, parentElement: parent }) as unknown as Element;
const text = (parent: Element): Node => ({ nodeType: 3, parentElement: parent }) as unknown as Node;

/** A window whose observer is driven by hand. */
function stage() {
  let call: (records: Told[]) => void = () => undefined;
  const disconnect = vi.fn();
  const observe = vi.fn();
  const view = Object.assign(new EventTarget(), {
    MutationObserver: class {
      observe = observe;
      disconnect = disconnect;
      constructor(callback: (records: Told[]) => void) {
        call = callback;
      }
    },
  });
  const own = new WeakSet<Node>();
  const end = new AbortController();
  const changed = vi.fn<(touched: ReadonlySet<Element>) => void>();
  const root = Object.assign(new EventTarget(), { defaultView: view });
  const place = { inner: null as Node | null };
  watch(
    {
      root: root as unknown as Document,
      inner: () => place.inner,
      attributes: ["id"],
      own,
      signal: end.signal,
    },
    changed,
  );
  const records = (...told: Told[]): void => call(told);
  return { view, own, end, changed, records, disconnect, place, observe };
}

const added = (target: Node, ...nodes: Node[]): Told => ({
  type: "childList",
  target,
  addedNodes: nodes,
  removedNodes: [],
});
const worded = (target: Node): Told => ({ type: "characterData", target, addedNodes: [], removedNodes: [] });

test("a burst of changes is one call with every element touched", () => {
  const { changed, records } = stage();
  const [list, row] = [node(), node()];
  records(added(list, node()), added(list, node()));
  records(worded(text(row)));
  expect(changed).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100);
  expect(changed).toHaveBeenCalledExactlyOnceWith(new Set([list, row]));
});

test("our own nodes are no change", () => {
  const { own, changed, records } = stage();
  const badge = node();
  own.add(badge);
  records(added(node(), badge));
  vi.advanceTimersByTime(100);
  expect(changed).not.toHaveBeenCalled();
  records(added(node(), badge, node()));
  vi.advanceTimersByTime(100);
  expect(changed).toHaveBeenCalledOnce();
});

test("going back in history is a change of the address alone", () => {
  const { view, changed } = stage();
  view.dispatchEvent(new Event("popstate"));
  vi.advanceTimersByTime(100);
  expect(changed).toHaveBeenCalledExactlyOnceWith(new Set());
});

test("one signal undoes all", () => {
  const { view, end, changed, records, disconnect } = stage();
  records(added(node(), node()));
  end.abort();
  view.dispatchEvent(new Event("popstate"));
  vi.advanceTimersByTime(100);
  expect(disconnect).toHaveBeenCalledOnce();
  expect(changed).not.toHaveBeenCalled();
});

test("what a change puts into the page is handed on before the browser paints", () => {
  let call: (records: Told[]) => void = () => undefined;
  class MutationObserver {
    observe = vi.fn();
    disconnect = vi.fn();
    constructor(callback: (records: Told[]) => void) {
      call = callback;
    }
  }
  const defaultView = Object.assign(new EventTarget(), { MutationObserver });
  const root = Object.assign(new EventTarget(), { defaultView }) as unknown as Document;
  const atOnce = vi.fn();
  const { signal } = new AbortController();
  watch({ root, attributes: [], own: new WeakSet(), atOnce, signal }, vi.fn());
  const row = node();
  call([added(node(), row)]);
  expect(atOnce).toHaveBeenCalledExactlyOnceWith([row]);
});

test("a place that rows were found in is watched too, once, and a change of a shadow root is one of its element", () => {
  const { records, place, observe, changed } = stage();
  const host = node();
  place.inner = { nodeType: 11, host } as unknown as Node;
  for (let turn = 0; turn < 2; turn += 1) {
    records(worded(text(node())));
    vi.advanceTimersByTime(100);
  }
  expect(observe.mock.calls.map(([target]) => target).filter((target) => target === place.inner)).toHaveLength(1);
  records(added(place.inner, node()));
  vi.advanceTimersByTime(100);
  expect(changed).toHaveBeenLastCalledWith(new Set([host]));
});
