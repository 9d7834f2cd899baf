/** Two scripts before the page's first, in either order, and a page that listens to everything it can name. */

import { beforeEach, describe, expect, test, vi } from "vitest";
import { meetListener, meetTap } from "../../../extension/src/tap/handshake";

const NAME = "by-chance-7";

let root: Document;
let begun: (() => void)[];

beforeEach(() => {
  root = new EventTarget() as Document;
  begun = [];
  vi.stubGlobal(
    "MutationObserver",
    class {
      constructor(private readonly change: () => void) {}
      observe(): void {
        begun.push(this.change);
      }
      disconnect(): void {}
    },
  );
});

/** The page listens to the fixed names, says them itself, and remembers every name it learns. */
function hostilePage(): { learned: unknown[]; say: (name: string, words: string) => void } {
  for (const change of begun) change();
  const learned: unknown[] = [];
  for (const fixed of ["e5b1-here", "e5b1-ask"]) {
    root.addEventListener(fixed, (event) => learned.push((event as CustomEvent<unknown>).detail ?? null));
  }
  const say = (name: string, words: string): void =>
    void root.dispatchEvent(new CustomEvent(name, { detail: words }));
  say("e5b1-here", "");
  learned.splice(0, 1); // what it said itself
  return { learned, say };
}

describe.each(["our listener first", "the tap first"])("with %s", (order) => {
  let heard: unknown[];
  let say: ((words: string) => void) | undefined;
  const listen = (): void => meetTap(root, NAME, (words) => heard.push(words));
  const tap = (): void =>
    meetListener(root, (met) => {
      say = met;
    });
  beforeEach(() => {
    heard = [];
    say = undefined;
    for (const script of order === "the tap first" ? [tap, listen] : [listen, tap]) script();
  });

  test("they agree, and what the tap says arrives", () => {
    say?.("[1]");
    expect(heard).toEqual(["[1]"]);
  });

  test("a page that listens and asks learns nothing", () => {
    const page = hostilePage();
    say?.("[1]");
    expect(page.learned).toEqual([]);
    expect(heard).toEqual(["[1]"]);
  });

  test("a page that asks with a name of its own is told nothing", () => {
    const page = hostilePage();
    const told: unknown[] = [];
    root.addEventListener("mine", (event) => told.push(event));
    page.say("e5b1-ask", "mine");
    say?.("[1]");
    expect(told).toEqual([]);
  });
});

test("where no tap came, a page that says it is one is not heard, and learns no name", () => {
  const heard: unknown[] = [];
  meetTap(root, NAME, (words) => heard.push(words));
  const page = hostilePage();
  page.say(NAME, "agreed");
  page.say(NAME, "[1]");
  expect([page.learned, heard]).toEqual([[], []]);
});
