/**
 * How the tap in the page's world finds our listener in ours. Both run before any script of the page, in either order, agree on
 * a name by chance, and speak only by that. Once they agree, or once the page begins, nobody hears the fixed names any more: a
 * page that says them learns nothing.
 */

const HERE = "e5b1-here";
const ASK = "e5b1-ask";
const AGREED = "agreed";

/** In the page's world: calls back with the way to the listener. */
export function meetListener(root: Document, met: (say: (words: string) => void) => void): void {
  const Event = CustomEvent; // the page may put others in their place later
  const dispatch = root.dispatchEvent;
  const closing = new AbortController();
  const asked = (event: unknown): void => {
    const name = (event as CustomEvent<unknown>).detail;
    if (typeof name !== "string") return;
    closing.abort();
    const say = (words: string): void =>
      void Reflect.apply(dispatch, root, [new Event(name, { detail: words })]);
    say(AGREED);
    met(say);
  };
  root.addEventListener(ASK, asked, { signal: closing.signal });
  root.dispatchEvent(new Event(HERE));
  whenPageBegins(root, closing);
}

/** In our world: calls back with whatever is said to us. It may be anything. */
export function meetTap(root: Document, name: string, heard: (words: unknown) => void): void {
  const closing = new AbortController();
  let isAgreed = false;
  const told = (event: Event): void => {
    const words = (event as CustomEvent<unknown>).detail;
    if (isAgreed) {
      heard(words);
      return;
    }
    isAgreed = words === AGREED;
    if (isAgreed) closing.abort();
  };
  const ask = (): void => void root.dispatchEvent(new CustomEvent(ASK, { detail: name }));
  root.addEventListener(name, told);
  root.addEventListener(HERE, ask, { signal: closing.signal });
  ask();
  if (isAgreed) return;
  whenPageBegins(root, closing);
  closing.signal.addEventListener("abort", () => {
    if (!isAgreed) root.removeEventListener(name, told);
  });
}

/** The first element of the page is put in before its first script runs. */
function whenPageBegins(root: Document, closing: AbortController): void {
  if (closing.signal.aborted) return;
  const observer = new MutationObserver(() => {
    observer.disconnect();
    closing.abort();
  });
  observer.observe(root, { childList: true, subtree: true });
}
