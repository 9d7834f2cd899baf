/**
 * A function of the browser with somebody listening: the same name, length, properties, text, results and errors.
 *
 * A page that looks hard can still tell (the same function of a fresh frame differs): the worker is told so at the switch.
 */

/** Whatever stands at a name and is called. */
type Called = (this: unknown, ...args: unknown[]) => unknown;
type Holder = Record<string, unknown>;

/** Calls the original and hands on what comes of it, unless it has something to add to that. */
export type Listener = (call: () => unknown, self: unknown, args: unknown[]) => unknown;

const { apply, defineProperty, getOwnPropertyDescriptor } = Reflect;

export interface Disguise {
  /** Puts a listener before `holder[name]`. */
  wrap: (holder: object, name: string, listener: Listener) => void;
  /** The same error, without our line in its stack. */
  clean: (error: unknown) => unknown;
}

export function disguise(view: Window & typeof globalThis): Disguise {
  const originals: [made: Called, original: Called][] = [];
  const clean = cleaner(view);
  const wrap = (holder: object, name: string, listener: Listener): void => {
    const descriptor = getOwnPropertyDescriptor(holder, name);
    if (descriptor === undefined || typeof descriptor.value !== "function") return;
    const original = descriptor.value as Called;
    const made = new Proxy(original, {
      apply: (target, self, args) => {
        try {
          return listener(() => apply(target, self, args), self, args);
        } catch (error) {
          throw clean(error);
        }
      },
    });
    originals.push([made, original]);
    defineProperty(holder, name, { ...descriptor, value: made });
  };
  const text: Listener = (call, self, args) => {
    for (const [made, original] of originals) if (self === made) return apply(toText, original, args);
    return call();
  };
  const toText = view.Function.prototype.toString as Called;
  wrap(view.Function.prototype, "toString", text);
  return { wrap, clean };
}

const OURS = /(?:chrome|moz)-extension:\/\/[^\s:)]+/;

/** Errors of the browser hold the stack of calls, and sites report it: our line is none of theirs. */
function cleaner(view: Window & typeof globalThis): (error: unknown) => unknown {
  const own = OURS.exec(new view.Error().stack ?? "")?.[0];
  const { split, includes } = view.String.prototype;
  return (error) => {
    if (own === undefined || typeof error !== "object" || error === null) return error;
    const { stack } = error as Holder;
    if (typeof stack !== "string" || !apply(includes, stack, [own])) return error;
    let left = "";
    for (const line of apply(split, stack, ["\n"]) as string[]) {
      if (!apply(includes, line, [own])) left += left === "" ? line : `\n${line}`;
    }
    (error as Holder).stack = left;
    return error;
  };
}
