/**
 * How the tap in the page's world finds our ear in ours: both run before any script of the page, agree on a name by chance,
 * and speak only by that. A page that guesses it could say nothing that it cannot say with its own answers.
 */

const HERE = "e5b1-here";
const ASK = "e5b1-ask";

/** In the page's world: calls back with the way to the ear. */
export function meetEar(root: Document, met: (say: (words: string) => void) => void): void {
  const Event = CustomEvent; // the page may put others in their place later
  const dispatch = root.dispatchEvent;
  const asked = (event: unknown): void => {
    const name = (event as CustomEvent<unknown>).detail;
    if (typeof name !== "string") return;
    met((words) => void Reflect.apply(dispatch, root, [new Event(name, { detail: words })]));
  };
  root.addEventListener(ASK, asked, { once: true });
  root.dispatchEvent(new Event(HERE));
}

/** In our world: calls back with whatever is said to us. It may be anything. */
export function meetTap(root: Document, name: string, heard: (words: unknown) => void): void {
  const ask = (): void => void root.dispatchEvent(new CustomEvent(ASK, { detail: name }));
  root.addEventListener(name, (event) => heard((event as CustomEvent<unknown>).detail));
  root.addEventListener(HERE, ask, { once: true });
  ask();
}
